mod api_keys;
mod environments;
mod secrets;
