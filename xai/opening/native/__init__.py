"""Models in the formats of XGBoost, LightGBM and CatBoost: looked at here first, then read by their own library.

None of these formats can hold code, but what reads them is compiled and follows indices without looking. So the
structure is checked before the library sees the file, and the library sees it in the worker only.
"""
