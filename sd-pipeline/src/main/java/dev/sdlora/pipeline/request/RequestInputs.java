package dev.sdlora.pipeline.request;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.ResourceException.Resource;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImagePrompt;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.RegionMask;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks the inputs of a request against its {@link RequestLimits}. */
final class RequestInputs {
  private RequestInputs() {}

  /**
   * Throws if the inputs of a request exceed the limits.
   *
   * @throws IllegalArgumentException if it has too many masks, control units or detail passes
   * @throws ResourceException if its input images have too many pixels in total
   */
  static void check(PromptSpec spec, RequestLimits limits) {
    List<RegionMask> masks =
        Stream.concat(
                spec.masks().values().stream(),
                Stream.concat(
                    spec.loras().stream().map(LoraAdapter::mask).flatMap(Optional::stream),
                    spec.imagePrompts().stream().map(ImagePrompt::mask).flatMap(Optional::stream)))
            .toList();
    requireFew(masks.size(), "masks", limits.masks(), "masks");
    requireFew(spec.controlUnits().size(), "control units", limits.controlUnits(), "controlUnits");
    Stream<Image> source = spec.imageToImage().map(RequestInputs::images).orElseGet(Stream::empty);
    requireFew(spec.imagePrompts().size(), "image prompts", limits.controlUnits(), "controlUnits");
    requireFew(spec.detailPasses().size(), "detail passes", limits.controlUnits(), "controlUnits");
    Stream<Image> control =
        Stream.concat(
            spec.controlUnits().stream().map(ControlUnit::image),
            spec.imagePrompts().stream().flatMap(prompt -> prompt.images().stream()));
    long pixels =
        Stream.of(
                source,
                masks.stream().map(RegionMask::image),
                control,
                spec.referenceImages().stream())
            .flatMap(images -> images)
            .mapToLong(image -> (long) image.width() * image.height())
            .sum();
    if (pixels > limits.inputPixels()) {
      throw new ResourceException(
          Resource.PIXELS,
          "the input images of the request have %s pixels in total, but RequestLimits.inputPixels allows %s"
              .formatted(pixels, limits.inputPixels()),
          pixels,
          limits.inputPixels());
    }
  }

  private static Stream<Image> images(ImageToImage source) {
    return Stream.concat(
        Stream.of(source.image()), source.inpainting().map(Inpainting::mask).stream());
  }

  private static void requireFew(int found, String what, int most, String limit) {
    if (found > most) {
      throw new IllegalArgumentException(
          "the request has %s %s, but RequestLimits.%s allows %s"
              .formatted(found, what, limit, most));
    }
  }
}
