package dev.sdlora.pipeline;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.ResourceException.Resource;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.Picture;
import dev.sdlora.api.image.RegionMask;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Holds what a request was given to its {@link RequestLimits}. */
final class RequestInputs {
  private RequestInputs() {}

  /**
   * Refuses a request that was given too much.
   *
   * @throws IllegalArgumentException if it has too many masks or control units
   * @throws ResourceException if its images have too many pixels together
   */
  static void check(PromptSpec spec, RequestLimits limits) {
    List<RegionMask> masks =
        Stream.concat(
                spec.masks().values().stream(),
                spec.loras().stream().map(LoraAdapter::mask).flatMap(Optional::stream))
            .toList();
    requireFew(masks.size(), "masks", limits.masks(), "masks");
    requireFew(spec.controlUnits().size(), "control units", limits.controlUnits(), "controlUnits");
    Stream<Picture> source =
        spec.imageToImage().map(RequestInputs::pictures).orElseGet(Stream::empty);
    Stream<Picture> control = spec.controlUnits().stream().map(ControlUnit::picture);
    long pixels =
        Stream.of(source, masks.stream().map(RegionMask::picture), control)
            .flatMap(pictures -> pictures)
            .mapToLong(picture -> (long) picture.width() * picture.height())
            .sum();
    if (pixels > limits.inputPixels()) {
      throw new ResourceException(
          Resource.PIXELS,
          "the images given to the request have %s pixels together, but RequestLimits.inputPixels allows %s"
              .formatted(pixels, limits.inputPixels()),
          pixels,
          limits.inputPixels());
    }
  }

  private static Stream<Picture> pictures(ImageToImage source) {
    return Stream.concat(
        Stream.of(source.picture()), source.inpainting().map(Inpainting::mask).stream());
  }

  private static void requireFew(int found, String what, int most, String limit) {
    if (found > most) {
      throw new IllegalArgumentException(
          "the request has %s %s, but RequestLimits.%s allows %s"
              .formatted(found, what, limit, most));
    }
  }
}
