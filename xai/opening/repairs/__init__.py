"""What earlier versions of scikit-learn wrote and today's no longer understands, put right exactly.

`names` answers for what moved, while a file is read; `states` brings the states of compiled parts to today's layout,
while they are set; `registry` lists what is done to the objects afterwards: each repair is one small function, bound to
the versions and classes that need it. `former` computes what today's classes compute differently. Nothing in
scikit-learn itself is changed: repairs act on the opened objects only.
"""
