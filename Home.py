"""The app: `streamlit run Home.py`. Chooses the page, draws the frame around it, runs it."""

import streamlit as st

if __name__ == "Home":  # imported by the server before anybody comes; every visit runs this file as a program
    from ui import starting

    starting.begin()
    app = st.App(__file__, lifespan=starting.before_anybody_comes)
else:
    from ui import frame, navigation, problems

    st.set_page_config(page_title="Klartext", page_icon=frame.MARK, layout="wide")

    page, code = navigation.current()
    with problems.shown(), frame.around(code), problems.shown():  # what fails in the frame, and what fails in the page
        page.run()
