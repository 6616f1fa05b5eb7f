package dev.sdlora.tensors.pickle;

/**
 * The name of a Python function or class in a pickle. It is never resolved.
 *
 * @param module the Python module
 * @param name the name within the module
 */
record Global(String module, String name) {
  @Override
  public String toString() {
    return module + "." + name;
  }
}
