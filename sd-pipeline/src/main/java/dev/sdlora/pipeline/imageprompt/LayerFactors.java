package dev.sdlora.pipeline.imageprompt;

import dev.sdlora.api.image.ImagePrompt.WeightType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Distributes the weight of an image prompt over the attention layers of a U-Net by the rules of
 * ComfyUI's IPAdapter Plus. A rule gives a factor to each transformer, counted from 0 in the order
 * in which they run: down, middle, up.
 */
final class LayerFactors {
  /** The transformers of SD 1.x that compose, with their factors (index 4 a quarter). */
  private static final Map<Integer, Double> COMPOSING = Map.of(4, 0.25, 5, 1.0);

  /** SDXL's transformers that compose and that draw style. */
  private static final int COMPOSING_SDXL = 3;

  private static final int STYLE_SDXL = 6;

  /** The transformers of SD 1.x that draw style. */
  private static final Set<Integer> STYLE = Set.of(0, 1, 2, 3, 9, 10, 11, 12, 13, 14, 15);

  private final WeightType type;
  private final boolean isSdxl;
  private final List<String> transformers;

  private LayerFactors(WeightType type, boolean isSdxl, List<String> transformers) {
    this.type = type;
    this.isSdxl = isSdxl;
    this.transformers = transformers;
  }

  /**
   * Returns the factor of each layer.
   *
   * @param layers names of attention layers in any order
   */
  static double[] of(WeightType type, boolean isSdxl, List<String> layers) {
    List<String> transformers = new ArrayList<>();
    for (String part : List.of("down_blocks.", "mid_block.", "up_blocks.")) {
      layers.stream()
          .map(LayerFactors::transformer)
          .filter(name -> name.startsWith(part))
          .distinct()
          .forEach(transformers::add);
    }
    LayerFactors rule = new LayerFactors(type, isSdxl, transformers);
    return layers.stream().map(LayerFactors::transformer).mapToDouble(rule::factor).toArray();
  }

  /**
   * Returns whether each layer keeps away from the image, as in the precise types: negative
   * conditions read it there, and others read nothing.
   *
   * @param layers names of attention layers in any order
   */
  static boolean[] away(WeightType type, boolean isSdxl, List<String> layers) {
    double[] composing = of(WeightType.COMPOSITION, isSdxl, layers);
    boolean[] away = new boolean[composing.length];
    for (int i = 0; i < away.length; i++) {
      away[i] =
          switch (type) {
            case STYLE_TRANSFER_PRECISE -> composing[i] > 0;
            case COMPOSITION_PRECISE -> composing[i] == 0;
            default -> false;
          };
    }
    return away;
  }

  private static String transformer(String layer) {
    return layer.substring(0, layer.indexOf(".transformer_blocks."));
  }

  private double factor(String transformer) {
    int index = transformers.indexOf(transformer);
    double half = transformers.size() / 2.0;
    double off = Math.abs(index - half) / half;
    return switch (type) {
      case LINEAR -> 1;
      case EASE_IN -> eased(1 - index / (2 * half));
      case EASE_OUT -> eased(index / (2 * half));
      case EASE_IN_OUT -> eased(1 - off);
      case REVERSE_IN_OUT -> eased(off);
      case WEAK_INPUT -> weak(transformer.startsWith("down_"));
      case WEAK_OUTPUT -> weak(transformer.startsWith("up_"));
      case WEAK_MIDDLE -> weak(transformer.startsWith("mid_"));
      case STRONG_MIDDLE -> weak(!transformer.startsWith("mid_"));
      case STYLE_TRANSFER -> style(index);
      case COMPOSITION -> composition(index);
      case STRONG_STYLE_TRANSFER -> composition(index) > 0 ? 0 : 1;
      case STYLE_AND_COMPOSITION, STYLE_TRANSFER_PRECISE -> style(index) + composition(index);
      case COMPOSITION_PRECISE -> Math.max(0.1, style(index) + composition(index));
    };
  }

  private static double eased(double share) {
    return 0.05 + 0.95 * share;
  }

  private static double weak(boolean isWeak) {
    return isWeak ? 0.2 : 1;
  }

  private double style(int index) {
    return (isSdxl ? index == STYLE_SDXL : STYLE.contains(index)) ? 1 : 0;
  }

  private double composition(int index) {
    if (isSdxl) {
      return index == COMPOSING_SDXL ? 1 : 0;
    }
    return COMPOSING.getOrDefault(index, 0.0);
  }
}
