package dev.sdlora.api.image;

import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.FileNames;
import dev.sdlora.api.value.Labels;
import dev.sdlora.api.value.UnionType;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A network that makes the generated image follow a control image, such as edges, depth or poses
 * (ControlNet, Zhang et al. 2023; T2I-Adapter, Mou et al. 2023). It adds its output to the U-Net's.
 * Immutable and thread-safe.
 */
public final class ControlUnit {
  private final Builder values;

  private ControlUnit(Builder values) {
    this.values = values;
  }

  /**
   * {@return a builder with the default values documented on its setters}
   *
   * @param network the network's file; it is read when it is used
   * @param image the control image in the form that the network expects, such as white edges on
   *     black, or any image with a {@link Builder#preprocessor}
   */
  public static Builder builder(Path network, Image image) {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(image, "image");
    return new Builder(network, image);
  }

  /** {@return a builder that starts from these settings} */
  public Builder toBuilder() {
    return new Builder(values);
  }

  /** {@return the file of the network} */
  public Path network() {
    return values.network;
  }

  /** {@return the name of the network: its file name without the extension} */
  public String name() {
    return FileNames.stem(values.network);
  }

  /** {@return the control image, or the image that the preprocessor makes it from} */
  public Image image() {
    return values.image;
  }

  /** {@return the filter that makes the control image} Default {@link Preprocessor#NONE}. */
  public Preprocessor preprocessor() {
    return values.preprocessor;
  }

  /** {@return the factor applied to the network's output, 0 to 2} Default 1. */
  public double weight() {
    return values.weight;
  }

  /**
   * {@return the fraction of the steps after which the network becomes active, 0 to 1} Default 0.
   */
  public double start() {
    return values.start;
  }

  /**
   * {@return the fraction of the steps after which the network becomes inactive, from the start to
   * 1} Default 1.
   */
  public double end() {
    return values.end;
  }

  /** {@return whether the prompt or the control matters more} Default {@link Mode#BALANCED}. */
  public Mode mode() {
    return values.mode;
  }

  /**
   * {@return the way the control image is fitted to the request's size} Default {@link
   * ResizeMode#CROP_AND_RESIZE}.
   */
  public ResizeMode resizeMode() {
    return values.resizeMode;
  }

  /**
   * {@return the type of the control image for a ControlNet Union, such as {@code depth}} By
   * default empty: the type of the preprocessor.
   */
  public Optional<String> unionType() {
    return values.unionType.map(UnionType::id);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ControlUnit settings && values.state().equals(settings.values.state());
  }

  @Override
  public int hashCode() {
    return values.state().hashCode();
  }

  /** Returns the network's name, the size of the control image, and the weight. */
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

  /**
   * Whether the prompt or the control matters more. The labels are those of A1111's ControlNet
   * extension.
   */
  public enum Mode {
    /** Both matter equally. The default. */
    BALANCED("Balanced"),
    /** The control gets weaker towards the outer blocks of the U-Net. */
    PROMPT("My prompt is more important"),
    /** As {@link #PROMPT}, and the control applies only to the prompt's side of guidance. */
    CONTROL("ControlNet is more important");

    private final String label;

    Mode(String label) {
      this.label = label;
    }

    /** {@return the name that A1111 shows and writes into image metadata} */
    public String label() {
      return label;
    }

    /**
     * Finds a mode by its name.
     *
     * @param name the label or the constant's name; case, spaces and punctuation are ignored
     * @return the mode
     * @throws IllegalArgumentException if the name is unknown; the message lists all modes
     */
    public static Mode parse(String name) {
      Objects.requireNonNull(name, "name");
      return Labels.parse(values(), Mode::label, "control mode", name);
    }
  }

  /** Builds the settings. Each setter validates its argument. Not thread-safe. */
  public static final class Builder {
    private final Path network;
    private final Image image;
    private double weight = 1;
    private double start;
    private double end = 1;
    private Mode mode = Mode.BALANCED;
    private ResizeMode resizeMode = ResizeMode.CROP_AND_RESIZE;
    private Preprocessor preprocessor = Preprocessor.NONE;
    private Optional<UnionType> unionType = Optional.empty();

    private Builder(Path network, Image image) {
      this.network = network;
      this.image = image;
    }

    private Builder(Builder other) {
      network = other.network;
      image = other.image;
      weight = other.weight;
      start = other.start;
      end = other.end;
      mode = other.mode;
      resizeMode = other.resizeMode;
      preprocessor = other.preprocessor;
      unionType = other.unionType;
    }

    /**
     * Sets the factor applied to the network's output.
     *
     * @param weight 0 to 2; 0 switches the network off. Default 1
     * @return this builder
     * @throws IllegalArgumentException if the weight is out of range
     */
    public Builder weight(double weight) {
      this.weight = Checks.inRange(0, 2, weight, "control weight");
      return this;
    }

    /**
     * Sets the range of steps in which the network is active. By default it is active in all steps.
     * sd-webui-controlnet starts and stops one model call later, because it reads the step counter
     * of the previous call.
     *
     * @param start the fraction of the steps after which the network becomes active, 0 to 1.
     *     Default 0
     * @param end the fraction of the steps after which it becomes inactive, from the start to 1.
     *     Default 1
     * @return this builder
     * @throws IllegalArgumentException if a value is not from 0 to 1, or the end is before the
     *     start
     */
    public Builder range(double start, double end) {
      Checks.inRange(0, 1, start, "control start");
      this.end = Checks.inRange(start, 1, end, "control end");
      this.start = start;
      return this;
    }

    /**
     * Sets whether the prompt or the control matters more.
     *
     * @param mode default {@link Mode#BALANCED}
     * @return this builder
     */
    public Builder mode(Mode mode) {
      this.mode = Objects.requireNonNull(mode, "mode");
      return this;
    }

    /**
     * Sets how the control image is fitted to the request's size.
     *
     * @param mode default {@link ResizeMode#CROP_AND_RESIZE}
     * @return this builder
     * @throws IllegalArgumentException if the mode is {@link ResizeMode#LATENT_UPSCALE}
     */
    public Builder resizeMode(ResizeMode mode) {
      if (mode == ResizeMode.LATENT_UPSCALE) {
        throw new IllegalArgumentException(
            "control resizeMode must resize images, not latents: " + mode.label());
      }
      this.resizeMode = Objects.requireNonNull(mode, "mode");
      return this;
    }

    /**
     * Sets the filter that makes the control image from the image. It runs when the unit is used; a
     * preprocessor without a resolution works at the size of each pass, so that its lines are as
     * wide as the network expects.
     *
     * @param preprocessor default {@link Preprocessor#NONE}
     * @return this builder
     */
    public Builder preprocessor(Preprocessor preprocessor) {
      this.preprocessor = Objects.requireNonNull(preprocessor, "preprocessor");
      return this;
    }

    /**
     * Sets the type of the control image for a ControlNet Union, one network for several types:
     * {@code openpose}, {@code depth}, {@code softedge} (also {@code hed}, {@code pidi}, {@code
     * scribble}, {@code ted}), {@code canny} (also {@code lineart}, {@code anime_lineart}, {@code
     * mlsd}), {@code normal}, {@code segment}, and in ProMax {@code tile} and {@code inpaint} (also
     * {@code repaint}: an image that is black where it is to be filled). A1111's labels, such as
     * {@code Hard Edge}, are accepted too. Other networks ignore the type, with a warning.
     *
     * @param type a name; case, spaces and punctuation are ignored. By default, the type is that of
     *     the preprocessor, such as {@code canny} for {@link Preprocessor#CANNY}
     * @return this builder
     * @throws IllegalArgumentException if the name is unknown; the message lists all names
     */
    public Builder unionType(String type) {
      Objects.requireNonNull(type, "type");
      this.unionType = Optional.of(UnionType.parse(type));
      return this;
    }

    /** {@return the settings} The builder can be reused. */
    public ControlUnit build() {
      return new ControlUnit(new Builder(this));
    }

    private List<Object> state() {
      return List.of(network, image, weight, start, end, mode, resizeMode, preprocessor, unionType);
    }
  }
}
