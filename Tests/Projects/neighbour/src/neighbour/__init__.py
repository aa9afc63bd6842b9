"""Built while another build runs beside it."""
