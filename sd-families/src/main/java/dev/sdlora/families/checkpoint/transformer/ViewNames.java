package dev.sdlora.families.checkpoint.transformer;

import dev.sdlora.families.checkpoint.stored.NetworkWeights;

/** The names of the views of a network's stored tensors: the name of a tensor and a suffix. */
public final class ViewNames {
  /** The suffix of a view with the second half of the rows before the first. */
  static final String HALVES_SWAPPED = "[halves swapped]";

  private ViewNames() {}

  /**
   * Returns the name of the stored tensor of which a tensor is a view; its own name if it is none.
   *
   * @param stored the stored tensors
   * @param name the name of a tensor or view
   */
  public static String stored(NetworkWeights stored, String name) {
    int suffix = name.lastIndexOf('[');
    return suffix < 0 || stored.find(name).isPresent() ? name : name.substring(0, suffix);
  }

  /** Whether a view has the second half of the rows before the first. */
  public static boolean isSwapped(String name) {
    return name.endsWith(HALVES_SWAPPED);
  }
}
