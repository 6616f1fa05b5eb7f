package dev.sdlora.api.image;

import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.FileNames;
import dev.sdlora.api.value.Labels;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A network beside the U-Net that makes the image follow another: its edges, depth, poses
 * (ControlNet, Zhang et al. 2023; T2I-Adapter, Mou et al. 2023). Immutable; safe for several
 * threads.
 */
public final class ControlUnit {
  private final Builder values;

  private ControlUnit(Builder values) {
    this.values = values;
  }

  /**
   * {@return a builder with the defaults that its setters tell}
   *
   * @param network the network's file, which is read when it is used
   * @param picture what to follow, as the network expects it: white edges on black, say. It is not
   *     prepared in any way
   */
  public static Builder builder(Path network, Image picture) {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(picture, "picture");
    return new Builder(network, picture);
  }

  /** {@return a builder that starts from these settings} */
  public Builder toBuilder() {
    return new Builder(values);
  }

  /** {@return the network's file} */
  public Path network() {
    return values.network;
  }

  /** {@return the network's name: that of its file without the extension} */
  public String name() {
    return FileNames.stem(values.network);
  }

  /** {@return the image to follow} */
  public Image image() {
    return values.picture;
  }

  /** {@return the factor on what the network adds, 0 to 2} Default 1. */
  public double weight() {
    return values.weight;
  }

  /** {@return the share of the steps after which it begins to act, 0 to 1} Default 0. */
  public double start() {
    return values.start;
  }

  /** {@return the share of the steps after which it ends, from the start to 1} Default 1. */
  public double end() {
    return values.end;
  }

  /** {@return whether prompt or control matter more} Default {@link Mode#BALANCED}. */
  public Mode mode() {
    return values.mode;
  }

  /**
   * {@return how the image gets to the request's size} Default {@link ResizeMode#CROP_AND_RESIZE}.
   */
  public ResizeMode resizeMode() {
    return values.resizeMode;
  }

  /** Whether the other has the same settings. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ControlUnit settings && values.state().equals(settings.values.state());
  }

  @Override
  public int hashCode() {
    return values.state().hashCode();
  }

  /** The network, the size of the image, and the weight. */
  @Override
  public String toString() {
    return "ControlUnit["
        + name()
        + ", "
        + image().width()
        + "x"
        + image().height()
        + ", weight "
        + weight()
        + "]";
  }

  /** Whether prompt or control matter more; the names are those of A1111's ControlNet extension. */
  public enum Mode {
    /** Both alike. The default. */
    BALANCED("Balanced"),
    /** The control fades towards the outer blocks of the U-Net. */
    PROMPT("My prompt is more important"),
    /** That, and the control acts on the prompt's side of guidance only. */
    CONTROL("ControlNet is more important");

    private final String label;

    Mode(String label) {
      this.label = label;
    }

    /** {@return the name that A1111 shows and writes into images} */
    public String label() {
      return label;
    }

    /**
     * Finds a mode by its name.
     *
     * @param name the label or constant name; case, spaces and punctuation do not matter
     * @return the mode
     * @throws IllegalArgumentException if there is no such mode; the message lists all
     */
    public static Mode parse(String name) {
      Objects.requireNonNull(name, "name");
      return Labels.parse(values(), Mode::label, "control mode", name);
    }
  }

  /** Collects settings. Every setter checks its value at once. Not safe for several threads. */
  public static final class Builder {
    private final Path network;
    private final Image picture;
    private double weight = 1;
    private double start;
    private double end = 1;
    private Mode mode = Mode.BALANCED;
    private ResizeMode resizeMode = ResizeMode.CROP_AND_RESIZE;

    private Builder(Path network, Image picture) {
      this.network = network;
      this.picture = picture;
    }

    private Builder(Builder other) {
      network = other.network;
      picture = other.picture;
      weight = other.weight;
      start = other.start;
      end = other.end;
      mode = other.mode;
      resizeMode = other.resizeMode;
    }

    /**
     * Sets the factor on what the network adds.
     *
     * @param weight 0 to 2. Default 1; 0 switches it off
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder weight(double weight) {
      this.weight = Checks.inRange(0, 2, weight, "control weight");
      return this;
    }

    /**
     * Sets between which shares of the steps it acts. Default: in all. sd-webui-controlnet begins
     * and ends one call later, because it reads the step counter of the call before.
     *
     * @param start the share of the steps after which it begins, 0 to 1. Default 0
     * @param end the share after which it ends, from the start to 1. Default 1
     * @return this builder
     * @throws IllegalArgumentException if one is not from 0 to 1, or the end is before the start
     */
    public Builder range(double start, double end) {
      Checks.inRange(0, 1, start, "control start");
      this.end = Checks.inRange(start, 1, end, "control end");
      this.start = start;
      return this;
    }

    /**
     * Sets whether prompt or control matter more.
     *
     * @param mode default {@link Mode#BALANCED}
     * @return this builder
     */
    public Builder mode(Mode mode) {
      this.mode = Objects.requireNonNull(mode, "mode");
      return this;
    }

    /**
     * Sets how the image gets to the request's size.
     *
     * @param mode default {@link ResizeMode#CROP_AND_RESIZE}
     * @return this builder
     * @throws IllegalArgumentException if it is {@link ResizeMode#LATENT_UPSCALE}
     */
    public Builder resizeMode(ResizeMode mode) {
      if (mode == ResizeMode.LATENT_UPSCALE) {
        throw new IllegalArgumentException(
            "control resizeMode must be one of pictures: " + mode.label());
      }
      this.resizeMode = Objects.requireNonNull(mode, "mode");
      return this;
    }

    /** {@return the settings} The builder can be used further. */
    public ControlUnit build() {
      return new ControlUnit(new Builder(this));
    }

    private List<Object> state() {
      return List.of(network, picture, weight, start, end, mode, resizeMode);
    }
  }
}
