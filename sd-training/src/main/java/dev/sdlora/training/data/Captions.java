package dev.sdlora.training.data;

import java.util.List;

/** The encoded captions of a training run, among them the empty one. Immutable. */
public interface Captions {
  /**
   * The number of members that a text encoder sees for each caption of a batch: the chunks of the
   * longest.
   */
  int chunks(List<String> captions);

  /**
   * Returns the captions of both.
   *
   * @param others captions that the same encoders have encoded in the same way
   */
  Captions plus(Captions others);
}
