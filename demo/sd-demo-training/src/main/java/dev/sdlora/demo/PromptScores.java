package dev.sdlora.demo;

import java.util.List;
import java.util.Locale;

/** Counts how often images match their prompts, thing by thing. */
final class PromptScores {
  private int pictures;
  private int grounds;
  private int counts;
  private int things;
  private int colours;
  private int shapes;
  private int sizes;
  private int places;
  private int whole;

  /** Counts one image; a missing thing counts as wrong in every respect. */
  void add(Scene wanted, Verdict seen) {
    pictures++;
    if (seen.ground() == wanted.ground()) {
      grounds++;
    }
    if (seen.things().size() == wanted.things().size()) {
      counts++;
    }
    if (seen.agreesWith(wanted)) {
      whole++;
    }
    List<Thing> ordered = seen.inOrderOf(wanted);
    for (int i = 0; i < wanted.things().size(); i++) {
      things++;
      if (i < ordered.size()) {
        add(wanted.things().get(i), ordered.get(i));
      }
    }
  }

  private void add(Thing wanted, Thing seen) {
    if (seen.colour() == wanted.colour()) {
      colours++;
    }
    if (seen.shape() == wanted.shape()) {
      shapes++;
    }
    if (seen.size() == wanted.size()) {
      sizes++;
    }
    if (seen.place() == wanted.place()) {
      places++;
    }
  }

  /** Returns the fraction of images whose ground has the requested colour. */
  double ground() {
    return (double) grounds / pictures;
  }

  /** Returns the fraction of things that have the requested colour. */
  double colour() {
    return (double) colours / things;
  }

  /** Returns the fraction of things that have the requested shape. */
  double shape() {
    return (double) shapes / things;
  }

  /** Returns one line of a table. */
  String line(String name) {
    return String.format(
        Locale.ROOT,
        "%-12s %4d images: ground %5.1f %%  colour %5.1f %%  shape %5.1f %%  size %5.1f %%  place %5.1f %%  number of things %5.1f %%  all right %5.1f %%",
        name,
        pictures,
        100 * ground(),
        100 * colour(),
        100 * shape(),
        100.0 * sizes / things,
        100.0 * places / things,
        100.0 * counts / pictures,
        100.0 * whole / pictures);
  }
}
