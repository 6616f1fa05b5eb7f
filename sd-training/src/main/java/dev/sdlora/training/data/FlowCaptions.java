package dev.sdlora.training.data;

import dev.sdlora.families.conditioning.Conditioning;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The captions of a training run of a diffusion transformer, as the states of its text encoders.
 * Immutable.
 */
public final class FlowCaptions implements Captions {
  private final Map<String, Conditioning> states;

  /**
   * Creates captions.
   *
   * @param states the states of each caption, among them the empty one
   */
  public FlowCaptions(Map<String, Conditioning> states) {
    this.states = new LinkedHashMap<>(states);
  }

  /** Returns 1: text encoders are not trained, so no caption is divided. */
  @Override
  public int chunks(List<String> captions) {
    return 1;
  }

  @Override
  public FlowCaptions plus(Captions others) {
    Map<String, Conditioning> all = new LinkedHashMap<>(states);
    all.putAll(((FlowCaptions) others).states);
    return new FlowCaptions(all);
  }

  /** Returns the states of a caption. */
  public Conditioning of(String caption) {
    return Objects.requireNonNull(states.get(caption), caption);
  }
}
