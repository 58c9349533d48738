"""shapash about a model, as its documentation shows it: model table target port. It wants the pipeline taken apart."""

import sys
import threading

import joblib
import numpy as np
import pandas as pd
from shapash import SmartExplainer

model, table, target, port = sys.argv[1:]
frame = pd.read_csv(table)
outcome = frame.pop(target)
pipeline = joblib.load(model)
encoder, estimator = pipeline[:-1], pipeline[-1]
encoded = pd.DataFrame(encoder.transform(frame), columns=encoder.get_feature_names_out())
numbers = {label: place for place, label in enumerate(estimator.classes_)}
estimator.classes_ = np.arange(len(numbers))  # it takes numbers only as classes
explainer = SmartExplainer(model=estimator)
explainer.compile(x=encoded, y_target=outcome.map(numbers).to_frame())
explainer.run_app(port=int(port), host="127.0.0.1")
threading.Event().wait()
