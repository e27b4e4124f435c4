"""The pre-trained network: what it reads (calendar, windows, inputs), what it is (architecture), how it learns."""
