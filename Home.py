"""The app: `streamlit run Home.py`. Chooses the page, draws the frame around it, runs it."""

import streamlit as st

from ui import frame, navigation, problems

st.set_page_config(page_title="Klartext", page_icon=frame.MARK, layout="wide")

page, code = navigation.current()
with frame.around(code), problems.shown():
    page.run()
