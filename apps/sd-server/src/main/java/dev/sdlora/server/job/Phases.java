package dev.sdlora.server.job;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Measures the phases of one generation from its events. Used by one thread at a time. */
final class Phases {
  private record Key(Phase phase, int image) {}

  private record Open(long began, int steps) {}

  private final Consumer<Phase.Passed> ended;
  private final Map<Key, Open> open = new HashMap<>();

  /**
   * Creates an object without phases.
   *
   * @param ended receives each phase that is over
   */
  Phases(Consumer<Phase.Passed> ended) {
    this.ended = ended;
  }

  void begin(Phase phase, int image) {
    open.putIfAbsent(new Key(phase, image), new Open(System.nanoTime(), 0));
  }

  /** Counts a step of an image; the first one since its latest decoding begins a phase. */
  void step(int image) {
    open.merge(
        new Key(Phase.SAMPLE, image),
        new Open(System.nanoTime(), 1),
        (known, first) -> new Open(known.began(), known.steps() + 1));
  }

  void end(Phase phase, int image) {
    Optional.ofNullable(open.remove(new Key(phase, image)))
        .ifPresent(begun -> report(phase, image, begun));
  }

  /** Ends all phases, because the generation failed or ended early. */
  void endAll() {
    open.forEach((key, begun) -> report(key.phase(), key.image(), begun));
    open.clear();
  }

  private void report(Phase phase, int image, Open begun) {
    ended.accept(new Phase.Passed(phase, image, begun.steps(), begun.began(), System.nanoTime()));
  }
}
