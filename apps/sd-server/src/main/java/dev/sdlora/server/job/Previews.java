package dev.sdlora.server.job;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Previews of unfinished images: the latest, and some of earlier steps. Guarded by the job. */
final class Previews {
  private final int wanted;
  private final List<KeptPreview> kept = new ArrayList<>();
  private Optional<BufferedImage> latest = Optional.empty();

  /**
   * Creates an object without previews.
   *
   * @param wanted the number of previews to keep of each part, spread evenly over its steps
   */
  Previews(int wanted) {
    this.wanted = wanted;
  }

  void add(BufferedImage preview, int step, int steps, int finished) {
    latest = Optional.of(preview);
    if (wanted * step / steps > wanted * (step - 1) / steps) {
      keep(preview, finished);
    }
  }

  void keep(BufferedImage preview, int finished) {
    kept.add(new KeptPreview(preview, finished));
  }

  void forgetLatest() {
    latest = Optional.empty();
  }

  Optional<BufferedImage> latest() {
    return latest;
  }

  List<KeptPreview> kept() {
    return List.copyOf(kept);
  }
}
