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

/** The masks that prompts name. */
public final class Masks {
  private Masks() {}

  /**
   * A mask by its name.
   *
   * @param offset where a tag of the prompt names it
   * @throws PromptSyntaxException if there is none
   */
  static RegionMask named(String name, PromptSpec spec, ReadPrompt prompt, int offset) {
    RegionMask mask = spec.masks().get(name);
    if (mask == null) {
      throw new PromptSyntaxException(
              ("the tag at character %s names the mask '%s', but the request has %s; masks are"
                      + " given beside the prompt, and no text holds them")
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

  /** Whether it is white all over. */
  static boolean isEverywhere(RegionMask mask) {
    return isFilled(mask, 255);
  }

  /** Whether it is black all over. */
  static boolean isNowhere(RegionMask mask) {
    return isFilled(mask, 0);
  }

  private static boolean isFilled(RegionMask mask, int level) {
    Raster grey = Raster.of(mask.image()).grey();
    return IntStream.range(0, grey.samples().length).allMatch(i -> grey.level(i) == level);
  }

  /**
   * The masks of the sides of {@code AND}, in their order.
   *
   * @throws PromptSyntaxException if a tag cannot be read, a side has two, or there is none of a
   *     name
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
   * Refuses masks in a negative prompt, which is one for all of the image.
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
                      ("the tag %s at character %s stands in the negative prompt, which acts in all"
                              + " of the picture; masks are for sides of AND in the prompt")
                          .formatted(network.tag(), network.offset()),
                      network.offset())
                  .within(negative.written());
            });
  }

  /**
   * How much of its weight each side has at each position of a latent. Where masks add up to more
   * than 1, each has its share of 1, so that guidance is as strong as elsewhere.
   *
   * @param masks of the sides; those without one act everywhere beside the others
   * @return for each side [height / 8 · width / 8]
   */
  public static List<Optional<float[]>> areas(List<Optional<RegionMask>> masks, RegionFrame frame) {
    List<Optional<float[]>> areas = new ArrayList<>();
    for (Optional<RegionMask> mask : masks) {
      areas.add(mask.map(frame::of).map(Masks::atLatents));
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

  private static float[] atLatents(Raster mask) {
    return AreaAverage.shares(mask, mask.width() / 8, mask.height() / 8);
  }
}
