package dev.sdlora.pipeline.request;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.pipeline.canvas.RegionFrame;
import dev.sdlora.pipeline.raster.AreaAverage;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.prompt.grammar.MaskTag;
import dev.sdlora.prompt.tree.ReadPrompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Resolves the masks that prompts name. */
public final class Masks {
  private Masks() {}

  /**
   * Returns the mask of a name.
   *
   * @param offset the offset of the tag in the prompt
   * @throws PromptSyntaxException if the request has no mask of this name
   */
  static RegionMask named(String name, PromptSpec spec, ReadPrompt prompt, int offset) {
    RegionMask mask = spec.masks().get(name);
    if (mask == null) {
      throw new PromptSyntaxException(
              "the tag at character %s names the mask '%s', but the request has %s; masks must be given with the request, because an infotext does not contain them"
                  .formatted(
                      offset,
                      name,
                      spec.masks().isEmpty()
                          ? "no masks"
                          : "only '" + String.join("', '", spec.masks().keySet()) + "'"),
              offset)
          .within(prompt.written());
    }
    return mask;
  }

  /** Whether the mask is entirely white. */
  static boolean isEverywhere(RegionMask mask) {
    return isFilled(mask, 255);
  }

  /** Whether the mask is entirely black. */
  static boolean isNowhere(RegionMask mask) {
    return isFilled(mask, 0);
  }

  private static boolean isFilled(RegionMask mask, int level) {
    Raster grey = Raster.of(mask.image()).grey();
    return IntStream.range(0, grey.samples().length).allMatch(i -> grey.level(i) == level);
  }

  /**
   * Returns the masks of the sides of {@code AND}, in order.
   *
   * @throws PromptSyntaxException if a tag cannot be read, a side has two masks, or a mask is
   *     unknown
   */
  static List<Optional<RegionMask>> ofParts(PromptSpec spec, ReadPrompt prompt) {
    List<Optional<MaskTag>> tags;
    try {
      tags = MaskTag.ofParts(prompt.cut());
    } catch (PromptSyntaxException e) {
      throw e.within(prompt.written());
    }
    return tags.stream()
        .map(found -> found.map(tag -> named(tag.name(), spec, prompt, tag.offset())))
        .toList();
  }

  /**
   * Throws if a negative prompt names a mask; a negative prompt applies to the whole image.
   *
   * @throws PromptSyntaxException if it names one
   */
  static void refuse(ReadPrompt negative) {
    negative.cut().networks().stream()
        .filter(network -> MaskTag.isKind(network.kind()))
        .findFirst()
        .ifPresent(
            network -> {
              throw new PromptSyntaxException(
                      "the tag %s at character %s is in the negative prompt, which applies to the whole image; masks are for sides of AND in the prompt"
                          .formatted(network.tag(), network.offset()),
                      network.offset())
                  .within(negative.written());
            });
  }

  /**
   * Computes the weight of each side at each position of a latent. Where masks add up to more than
   * 1, they are scaled to a sum of 1, so that guidance is as strong there as elsewhere.
   *
   * @param masks the masks of the sides; sides without one apply everywhere, in addition to the
   *     others
   * @param factor the pixels of the side of a latent's position
   * @return for each side a weight for each position of a latent
   */
  public static List<Optional<float[]>> areas(
      List<Optional<RegionMask>> masks, RegionFrame frame, int factor) {
    List<Optional<float[]>> areas = new ArrayList<>();
    for (Optional<RegionMask> mask : masks) {
      areas.add(mask.map(frame::of).map(over -> atLatents(over, factor)));
    }
    List<float[]> masked = areas.stream().flatMap(Optional::stream).toList();
    for (int at = 0; !masked.isEmpty() && at < masked.get(0).length; at++) {
      int position = at;
      double sum = masked.stream().mapToDouble(area -> area[position]).sum();
      if (sum > 1) {
        masked.forEach(area -> area[position] = (float) (area[position] / sum));
      }
    }
    return areas;
  }

  private static float[] atLatents(Raster mask, int factor) {
    return AreaAverage.shares(mask, mask.width() / factor, mask.height() / factor);
  }
}
