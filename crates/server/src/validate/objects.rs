//! Reading objects that must be there, and lists of objects.

use serde_json::Value;

use super::Fields;

impl Fields {
    /// An object that must be there, read by `read`.
    pub fn required_object<T>(&mut self, name: &str, read: impl FnOnce(&mut Fields) -> T) -> Option<T> {
        let value = self.take_required(name, "object")?;
        self.nested(name, value, read)
    }

    /// A list of objects that must be there, each read by `read`.
    pub fn required_objects<T>(&mut self, name: &str, read: impl Fn(&mut Fields) -> T) -> Vec<T> {
        let value = self.take_required(name, "array");
        value.map(|value| self.objects(name, value, read)).unwrap_or_default()
    }

    /// A list of objects that may be left out.
    pub fn optional_objects<T>(&mut self, name: &str, read: impl Fn(&mut Fields) -> T) -> Option<Vec<T>> {
        let value = self.take(name)?;
        Some(self.objects(name, value, read))
    }

    fn objects<T>(&mut self, name: &str, value: Value, read: impl Fn(&mut Fields) -> T) -> Vec<T> {
        let Value::Array(items) = value else {
            self.refuse_type(&[name], "array", Some(&value));
            return Vec::new();
        };
        let read_one = |(at, item): (usize, Value)| self.nested_at(&[name, &at.to_string()], item, &read);
        items.into_iter().enumerate().filter_map(read_one).collect()
    }
}
