package dev.sdlora.demo;

import java.util.List;

/**
 * The things recognised in an image.
 *
 * @param ground the colour of the ground
 * @param things none, one or two things, from left to right or from top to bottom
 */
public record Verdict(Colour ground, List<Thing> things) {
  /** Keeps its own copy of the list. */
  public Verdict {
    things = List.copyOf(things);
  }

  /** Returns the things in the order in which a scene names its own, for a pairwise comparison. */
  public List<Thing> inOrderOf(Scene scene) {
    Place first = scene.first().place();
    boolean reversed = first == Place.RIGHT || first == Place.BOTTOM;
    return scene.isPair() && things.size() == 2 && reversed
        ? List.of(things.get(1), things.get(0))
        : things;
  }

  /** Whether the ground, the number of things, and each shape and colour match a scene. */
  public boolean agreesWith(Scene scene) {
    if (ground != scene.ground() || things.size() != scene.things().size()) {
      return false;
    }
    List<Thing> ordered = inOrderOf(scene);
    for (int i = 0; i < ordered.size(); i++) {
      Thing seen = ordered.get(i);
      Thing meant = scene.things().get(i);
      if (seen.shape() != meant.shape() || seen.colour() != meant.colour()) {
        return false;
      }
    }
    return true;
  }
}
