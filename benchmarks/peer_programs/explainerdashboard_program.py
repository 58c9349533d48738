"""explainerdashboard about a model, as its documentation shows it: model table target port. It accepts the pipeline."""

import sys

import joblib
import pandas as pd
from explainerdashboard import ClassifierExplainer, ExplainerDashboard

model, table, target, port = sys.argv[1:]
frame = pd.read_csv(table)
outcome = frame.pop(target)
pipeline = joblib.load(model)
explainer = ClassifierExplainer(pipeline, frame, outcome)
# its own advice for many trees: interaction values of this forest take minutes
ExplainerDashboard(explainer, shap_interaction=False).run(port=int(port), host="127.0.0.1", use_waitress=True)
