"""A scaler or an encoder in a second file: in front of the model, for the columns it names, or of no use here."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fitting_tables import (
    INPUTS,
    NUMBERS,
    WORDS,
    buyers,
    coded,
    direct,
    done,
    dumped,
    offered,
    opened,
    refused,
    same_answers,
    tree,
)
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import (
    LabelEncoder,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PowerTransformer,
    RobustScaler,
    StandardScaler,
)

TABLE = buyers()
SHOWN = TABLE[[*INPUTS, "bought"]]
CODED = coded(TABLE)
BOUGHT = TABLE["bought"]
CODES = ["codes", "yes-no"]


def beside(companion: object) -> dict[str, object]:
    return {"companion": dumped(companion), "companion_name": "second.pkl"}


@pytest.mark.parametrize("kind", [StandardScaler, MinMaxScaler, MaxAbsScaler, RobustScaler])
def test_a_scaler_goes_to_the_columns_it_names(kind: type) -> None:
    scaler = kind().fit(TABLE[NUMBERS])
    inputs = CODED.assign(**dict(zip(NUMBERS, scaler.transform(TABLE[NUMBERS]).T, strict=True)))
    model = KNeighborsClassifier().fit(inputs, BOUGHT)
    found = opened(model, SHOWN, accept=CODES, **beside(scaler))
    assert done(found)[-1] == "scaler"
    assert same_answers(found, model, inputs)
    assert found.explainer.data.frame["age"].tolist() == TABLE["age"].tolist()


def test_a_scaler_that_only_counts_its_columns_is_a_guess_and_offered() -> None:
    scaler = StandardScaler().fit(TABLE[NUMBERS].to_numpy())
    inputs = CODED[[*NUMBERS, "smoker"]].astype(float)
    inputs[NUMBERS] = scaler.transform(TABLE[NUMBERS].to_numpy())
    model = KNeighborsClassifier().fit(inputs, BOUGHT)
    found = opened(model, SHOWN, accept=["yes-no"], **beside(scaler))
    assert offered(found) == ["scaler-by-count"]
    assert found.inspection.offers[0].evidence.with_it == pytest.approx(direct(model, inputs, BOUGHT))
    accepted = opened(model, SHOWN, accept=["yes-no", "scaler-by-count"], **beside(scaler))
    assert same_answers(accepted, model, inputs)


def test_a_scaler_of_all_columns_in_another_order_still_meets_its_columns() -> None:
    turned = CODED[CODED.columns[::-1]]
    scaler = StandardScaler().fit(turned)
    inputs = pd.DataFrame(scaler.transform(turned), columns=turned.columns)[CODED.columns]
    model = KNeighborsClassifier().fit(inputs, BOUGHT)
    assert same_answers(opened(model, SHOWN, accept=CODES, **beside(scaler)), model, inputs)


def test_a_whole_preprocessing_stands_in_front() -> None:
    prepare = make_column_transformer((OneHotEncoder(), WORDS), (StandardScaler(), NUMBERS))
    inputs = prepare.fit_transform(TABLE[INPUTS])
    model = KNeighborsClassifier().fit(inputs, BOUGHT)
    found = opened(model, SHOWN, **beside(prepare))
    assert found.inspection.recipe.preprocessing
    assert same_answers(found, model, inputs)


def test_one_hot_columns_of_an_encoder_are_no_guess() -> None:
    encoder = OneHotEncoder(drop="first", sparse_output=False).fit(TABLE[WORDS])
    words = pd.DataFrame(encoder.transform(TABLE[WORDS]), columns=encoder.get_feature_names_out())
    inputs = pd.concat([TABLE[NUMBERS], words], axis=1)
    model = tree().fit(inputs, BOUGHT)
    found = opened(model, SHOWN, **beside(encoder))
    assert done(found) == ["encoder=city", "encoder=smoker", "encoder=gender"]
    assert same_answers(found, model, inputs)


def test_codes_of_an_encoder_are_its_own_and_not_from_a_to_z() -> None:
    orders = [["Paris", "Köln", "New York"], ["Yes", "No"], ["Male", "Female"]]
    encoder = OrdinalEncoder(categories=orders).fit(TABLE[WORDS])
    inputs = TABLE[INPUTS].assign(**dict(zip(WORDS, encoder.transform(TABLE[WORDS]).T, strict=True)))
    model = tree().fit(inputs, BOUGHT)
    found = opened(model, SHOWN, **beside(encoder))
    assert done(found) == ["encoder=city", "encoder=smoker", "encoder=gender"]
    assert same_answers(found, model, inputs)


def test_a_label_encoder_of_the_outcome_names_the_classes() -> None:
    iris = load_iris(as_frame=True)
    names = np.array(["setosa", "versicolor", "virginica"])
    found = opened(
        tree().fit(iris.data, iris.target),
        iris.data.assign(species=names[iris.target]),
        **beside(LabelEncoder().fit(names)),
    )
    assert (done(found), offered(found)) == (["class-names"], [])
    assert found.inspection.classes == tuple(names)


def test_a_label_encoder_of_a_column_is_offered_where_its_values_are() -> None:
    inputs = CODED[[*NUMBERS, "city"]]
    model = tree().fit(inputs, BOUGHT)
    error = refused(lambda: opened(model, SHOWN, **beside(LabelEncoder().fit(TABLE["city"]))))
    assert [offer.key for offer in error.offers] == ["label-encoder=city"]
    assert error.offers[0].evidence.with_it == pytest.approx(direct(model, inputs, BOUGHT))


def test_a_companion_of_another_model_is_refused_with_the_reason() -> None:
    model = tree().fit(TABLE[NUMBERS], BOUGHT)
    other = StandardScaler().fit(pd.DataFrame({"petal": [1.0, 2.0, 3.0]}))
    error = refused(lambda: opened(model, SHOWN, **beside(other)))
    assert (error.code, error.facts["columns"]) == ("companion-unused", "petal")
    wide = PowerTransformer().fit(load_iris().data)
    error = refused(lambda: opened(model, SHOWN, **beside(wide)))
    assert (error.code, error.facts["gives"], error.facts["wants"]) == ("companion-width", 4, 2)
