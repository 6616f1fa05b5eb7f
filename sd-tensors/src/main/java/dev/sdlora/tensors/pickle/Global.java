package dev.sdlora.tensors.pickle;

/**
 * The name of a Python function or class in a pickle; only ever a name.
 *
 * @param module the Python module
 * @param name its name there
 */
record Global(String module, String name) {
  @Override
  public String toString() {
    return module + "." + name;
  }
}
