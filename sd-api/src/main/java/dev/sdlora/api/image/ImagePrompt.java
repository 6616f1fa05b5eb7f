package dev.sdlora.api.image;

import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.FileNames;
import dev.sdlora.api.value.Labels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Images that the model reads next to the text: in the style of this image, a portrait of this
 * person (Ye et al. 2023, "IP-Adapter"). Several prompts act together, each with an adapter of its
 * own or the same one. Immutable and thread-safe.
 */
public final class ImagePrompt {
  private final Path adapter;
  private final List<Image> images;
  private final double weight;
  private final double start;
  private final double end;
  private final Optional<RegionMask> mask;
  private final WeightType weightType;
  private final EmbedsScaling embedsScaling;

  private ImagePrompt(
      Path adapter,
      List<Image> images,
      double weight,
      double start,
      double end,
      Optional<RegionMask> mask,
      WeightType weightType,
      EmbedsScaling embedsScaling) {
    this.adapter = adapter;
    this.images = images;
    this.weight = weight;
    this.start = start;
    this.end = end;
    this.mask = mask;
    this.weightType = weightType;
    this.embedsScaling = embedsScaling;
  }

  /**
   * {@return a prompt of weight 1 that acts in all steps, on the whole image}
   *
   * @param adapter the IP-Adapter, a {@code .safetensors} or {@code .bin} file for the checkpoint's
   *     family; it is read when it is used
   * @param image the image; its longer side is cropped to a square around the centre
   * @param more further images that are read together with the first
   */
  public static ImagePrompt of(Path adapter, Image image, Image... more) {
    Objects.requireNonNull(adapter, "adapter");
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(more, "more");
    List<Image> images = new ArrayList<>(List.of(image));
    images.addAll(List.of(more));
    return new ImagePrompt(
        adapter,
        List.copyOf(images),
        1,
        0,
        1,
        Optional.empty(),
        WeightType.LINEAR,
        EmbedsScaling.V_ONLY);
  }

  /** {@return the file of the adapter} */
  public Path adapter() {
    return adapter;
  }

  /** {@return the name of the adapter: its file name without the extension} */
  public String name() {
    return FileNames.stem(adapter);
  }

  /** {@return the images, at least one} */
  public List<Image> images() {
    return images;
  }

  /** {@return the factor applied to the attention to the images, 0 to 3} Default 1. */
  public double weight() {
    return weight;
  }

  /** {@return the fraction of the steps after which the prompt begins to act, 0 to 1} Default 0. */
  public double start() {
    return start;
  }

  /**
   * {@return the fraction of the steps after which the prompt no longer acts, from the start to 1}
   * Default 1.
   */
  public double end() {
    return end;
  }

  /** {@return the part of the image on which the prompt acts; empty, the default, for all of it} */
  public Optional<RegionMask> mask() {
    return mask;
  }

  /** {@return the distribution of the weight over the U-Net} Default {@link WeightType#LINEAR}. */
  public WeightType weightType() {
    return weightType;
  }

  /** {@return what the weight scales} Default {@link EmbedsScaling#V_ONLY}. */
  public EmbedsScaling embedsScaling() {
    return embedsScaling;
  }

  /**
   * {@return a copy with another weight}
   *
   * @param other 0 to 3; 0 switches the prompt off
   * @throws IllegalArgumentException if the weight is out of range
   */
  public ImagePrompt withWeight(double other) {
    Checks.inRange(0, 3, other, "image prompt weight");
    return new ImagePrompt(adapter, images, other, start, end, mask, weightType, embedsScaling);
  }

  /**
   * {@return a copy that acts in another range of steps}
   *
   * @param from the fraction of the steps after which the prompt begins to act, 0 to 1
   * @param to the fraction of the steps after which it no longer acts, from {@code from} to 1
   * @throws IllegalArgumentException if a value is not from 0 to 1, or the end is before the start
   */
  public ImagePrompt withRange(double from, double to) {
    Checks.inRange(0, 1, from, "image prompt start");
    Checks.inRange(from, 1, to, "image prompt end");
    return new ImagePrompt(adapter, images, weight, from, to, mask, weightType, embedsScaling);
  }

  /**
   * {@return a copy that acts on a part of the generated image}
   *
   * @param region the part
   */
  public ImagePrompt withMask(RegionMask region) {
    Objects.requireNonNull(region, "region");
    return new ImagePrompt(
        adapter, images, weight, start, end, Optional.of(region), weightType, embedsScaling);
  }

  /**
   * {@return a copy with another distribution of the weight}
   *
   * @param type the distribution
   */
  public ImagePrompt withWeightType(WeightType type) {
    Objects.requireNonNull(type, "type");
    return new ImagePrompt(adapter, images, weight, start, end, mask, type, embedsScaling);
  }

  /**
   * {@return a copy whose weight scales something else}
   *
   * @param scaling what the weight scales
   */
  public ImagePrompt withEmbedsScaling(EmbedsScaling scaling) {
    Objects.requireNonNull(scaling, "scaling");
    return new ImagePrompt(adapter, images, weight, start, end, mask, weightType, scaling);
  }

  private List<Object> state() {
    return List.of(adapter, images, weight, start, end, mask, weightType, embedsScaling);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ImagePrompt that && state().equals(that.state());
  }

  @Override
  public int hashCode() {
    return state().hashCode();
  }

  /** Returns the adapter's name, the sizes of the images, and the weight. */
  @Override
  public String toString() {
    return "ImagePrompt[" + name() + ", " + images + ", weight " + weight + "]";
  }

  /**
   * The distribution of a prompt's weight over the transformers of the U-Net, named as in ComfyUI's
   * IPAdapter Plus. Transformers count in the order in which they run: 16 in SD 1.x, 11 in SDXL.
   */
  public enum WeightType {
    /** The same weight everywhere. The default. */
    LINEAR("linear"),
    /** Decreases from the first transformer to the last. */
    EASE_IN("ease in"),
    /** Increases from the first transformer to the last. */
    EASE_OUT("ease out"),
    /** Largest in the middle. */
    EASE_IN_OUT("ease in-out"),
    /** Largest at both ends. */
    REVERSE_IN_OUT("reverse in-out"),
    /** A fifth in the way down. */
    WEAK_INPUT("weak input"),
    /** A fifth in the way up. */
    WEAK_OUTPUT("weak output"),
    /** A fifth in the middle block. */
    WEAK_MIDDLE("weak middle"),
    /** A fifth everywhere but in the middle block. */
    STRONG_MIDDLE("strong middle"),
    /** Colours and materials, not the arrangement: only the transformers that draw style. */
    STYLE_TRANSFER("style transfer"),
    /** The arrangement, not colours and materials: only the transformers that compose. */
    COMPOSITION("composition"),
    /** Everywhere but in the transformers that compose. */
    STRONG_STYLE_TRANSFER("strong style transfer"),
    /** The transformers of {@link #STYLE_TRANSFER} and those of {@link #COMPOSITION}. */
    STYLE_AND_COMPOSITION("style and composition"),
    /**
     * {@link #STYLE_TRANSFER}, and in the transformers that compose, the negative prompt reads the
     * image: the result keeps away from its arrangement.
     */
    STYLE_TRANSFER_PRECISE("style transfer precise"),
    /**
     * {@link #COMPOSITION}, and in the other transformers, the negative prompt reads the image: the
     * result keeps away from its colours and materials. Transformers that neither compose nor draw
     * style have a tenth of the weight.
     */
    COMPOSITION_PRECISE("composition precise");

    private final String label;

    WeightType(String label) {
      this.label = label;
    }

    /** {@return the name in ComfyUI's IPAdapter Plus} */
    public String label() {
      return label;
    }

    /**
     * Finds a type by its name.
     *
     * @param name the label or the constant's name; case, spaces and punctuation are ignored
     * @return the type
     * @throws IllegalArgumentException if the name is unknown; the message lists all types
     */
    public static WeightType parse(String name) {
      Objects.requireNonNull(name, "name");
      return Labels.parse(values(), WeightType::label, "weight type", name);
    }
  }

  /**
   * The parts of the attention to the images that the weight scales, named as in ComfyUI's
   * IPAdapter Plus. Scaled keys make attention depend more on which part of the image fits: the
   * effect of a weight is no longer linear. With a penalty, a layer of C channels has the weight
   * times C / 1280.
   */
  public enum EmbedsScaling {
    /** The values. The default. */
    V_ONLY("V only"),
    /** Keys and values. */
    K_AND_V("K+V"),
    /** Keys and values, with a penalty for layers of few channels. */
    K_AND_V_WITH_PENALTY("K+V w/ C penalty"),
    /**
     * Keys and the mean of the values, whose differences from it stay, with a penalty for layers of
     * few channels. Meant for weights above 1.
     */
    K_AND_MEAN_V_WITH_PENALTY("K+mean(V) w/ C penalty");

    private final String label;

    EmbedsScaling(String label) {
      this.label = label;
    }

    /** {@return the name in ComfyUI's IPAdapter Plus} */
    public String label() {
      return label;
    }

    /**
     * Finds a scaling by its name.
     *
     * @param name the label or the constant's name; case, spaces and punctuation are ignored
     * @return the scaling
     * @throws IllegalArgumentException if the name is unknown; the message lists all scalings
     */
    public static EmbedsScaling parse(String name) {
      Objects.requireNonNull(name, "name");
      return Labels.parse(values(), EmbedsScaling::label, "embeds scaling", name);
    }
  }
}
