"""A model server that speaks TensorFlow Serving's REST API: status, metadata and predict."""
