//! What was worked out from facts, kept as long as they stay the same.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// One value of each type. A copy of the facts begins without, for it is about to change.
#[derive(Debug, Default)]
pub(super) struct Memo {
    made: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl Clone for Memo {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Memo {
    /// The value, made if there is none; whoever asks meanwhile waits for it.
    pub(super) fn get_or_make<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let known = made.get(&TypeId::of::<T>()).map(Arc::clone);
        if let Some(known) = known.and_then(|known| known.downcast().ok()) {
            return known;
        }
        let value = Arc::new(make());
        made.insert(
            TypeId::of::<T>(),
            Arc::clone(&value) as Arc<dyn Any + Send + Sync>,
        );
        value
    }

    /// Whether there is a value.
    pub(super) fn holds<T: Any>(&self) -> bool {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.contains_key(&TypeId::of::<T>())
    }

    /// Facts have changed.
    pub(super) fn clear(&mut self) {
        self.made
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}
