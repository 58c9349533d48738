"""The app: `streamlit run Home.py`, or `python Home.py MODEL DATA`. Chooses the page, draws its frame, runs it."""

import sys

if __name__ == "Home":  # imported by the server before anybody comes; every visit runs this file as a program
    import streamlit as st

    from ui import starting

    st.secrets.load_if_toml_exists()  # settings may stand there
    starting.begin()
    starting.load()
    from ui.preview.routes import routes

    app = st.App(__file__, lifespan=starting.before_anybody_comes, routes=routes())
elif "streamlit" not in sys.modules:  # not started by Streamlit but by hand
    from ui import launching

    sys.exit(launching.launch(sys.argv[1:]))
else:
    import streamlit as st

    from ui import frame, navigation, problems

    st.set_page_config(page_title="Klartext", page_icon=frame.MARK, layout="wide")

    page, code = navigation.current()
    with problems.shown(), frame.around(code), problems.shown():  # what fails in the frame, and what fails in the page
        page.run()
