package dev.sdlora.tensors.pickle;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Stands in for PyTorch's class of this name, a dictionary of tensors that is part of a model. A
 * pickle creates it empty and sets its attributes later, the tensors among them.
 */
final class ParameterDict extends LinkedHashMap<Object, Object> {
  private static final long serialVersionUID = 1L;
  private static final String PARAMETERS = "_parameters";

  /** Returns the number of values that {@link #setAttributes} copies. */
  static int copied(Object attributes) {
    return attributes instanceof Map<?, ?> map && map.get(PARAMETERS) instanceof Map<?, ?> tensors
        ? tensors.size()
        : 0;
  }

  void setAttributes(Object attributes) {
    if (attributes instanceof Map<?, ?> map && map.get(PARAMETERS) instanceof Map<?, ?> tensors) {
      putAll(tensors);
    }
  }
}
