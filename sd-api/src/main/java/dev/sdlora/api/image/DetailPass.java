package dev.sdlora.api.image;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.Labels;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Repaints what a {@link Detector} finds in the finished image, such as faces: each find is painted
 * again by inpainting at a larger size. Settings, seeds and results are those of ADetailer: the
 * n-th find, counted from 0, has the seed of the image plus n, unless {@link #sameSeed} is set.
 * Several passes run one after another, each on the result of the one before. Immutable and
 * thread-safe.
 */
public final class DetailPass {
  private final Builder values;

  private DetailPass(Builder values) {
    this.values = values;
  }

  /**
   * {@return a builder with the default values documented on its setters}
   *
   * @param detector the name of a detector of the pipeline: see {@link Pipeline.Builder#detector}
   *     and {@link Pipeline.Builder#detectorDirectory}
   * @throws IllegalArgumentException if the name is blank
   */
  public static Builder builder(String detector) {
    Objects.requireNonNull(detector, "detector");
    Checks.require(!detector.isBlank(), "detector", "not be blank", "'" + detector + "'");
    return new Builder(detector);
  }

  /** {@return a builder that starts from these settings} */
  public Builder toBuilder() {
    return new Builder(values);
  }

  /** {@return the name of the detector} */
  public String detector() {
    return values.detector;
  }

  /** {@return the labels of the finds to repaint; empty, the default, for all} */
  public List<String> labels() {
    return values.labels;
  }

  /**
   * {@return the prompt of the repainted parts, with LoRA tags; empty, the default, for the prompt
   * of the request}
   */
  public String prompt() {
    return values.prompt;
  }

  /**
   * {@return the negative prompt of the repainted parts; empty, the default, for that of the
   * request}
   */
  public String negativePrompt() {
    return values.negativePrompt;
  }

  /** {@return the least confidence of a find} Default 0.3. */
  public double confidence() {
    return values.confidence;
  }

  /** {@return the largest number of finds to repaint; 0, the default, for no limit} */
  public int most() {
    return values.most;
  }

  /**
   * {@return whether a limit keeps the most confident finds instead of the largest} Default false.
   */
  public boolean mostConfident() {
    return values.mostConfident;
  }

  /** {@return the least share of the image that a find's box covers} Default 0. */
  public double leastShare() {
    return values.leastShare;
  }

  /** {@return the largest share of the image that a find's box covers} Default 1. */
  public double mostShare() {
    return values.mostShare;
  }

  /** {@return the order in which finds are repainted} Default {@link Order#CONFIDENCE}. */
  public Order order() {
    return values.order;
  }

  /** {@return whether all finds have the seed of the image} Default false. */
  public boolean sameSeed() {
    return values.sameSeed;
  }

  /**
   * {@return the size in pixels of the square with which masks are dilated, negative to erode}
   * Default 4.
   */
  public int growth() {
    return values.growth;
  }

  /** {@return the pixels by which masks are moved to the right} Default 0. */
  public int offsetX() {
    return values.offsetX;
  }

  /** {@return the pixels by which masks are moved up} Default 0. */
  public int offsetY() {
    return values.offsetY;
  }

  /** {@return whether all finds are repainted together, under one mask} Default false. */
  public boolean merged() {
    return values.merged;
  }

  /** {@return whether everything but the finds is repainted, under one mask} Default false. */
  public boolean inverted() {
    return values.inverted;
  }

  /** {@return the blur of the masks in pixels, 0 to 64} Default 4. */
  public int maskBlur() {
    return values.maskBlur;
  }

  /** {@return the denoising strength, 0 to 1} Default 0.4. */
  public double denoisingStrength() {
    return values.denoisingStrength;
  }

  /**
   * {@return whether the whole image is painted at the size of the pass, instead of the
   * surroundings of a find alone} Default false.
   */
  public boolean wholeImage() {
    return values.wholeImage;
  }

  /** {@return the width in pixels of the surroundings that are cut out with a find} Default 32. */
  public int padding() {
    return values.padding;
  }

  /**
   * {@return the size at which parts are painted; empty, the default, for the size of the request}
   */
  public Optional<ImageSize> size() {
    return values.size;
  }

  /** {@return the number of steps; empty, the default, for that of the request} */
  public OptionalInt steps() {
    return values.steps;
  }

  /** {@return the CFG scale; empty, the default, for that of the request} */
  public OptionalDouble cfgScale() {
    return values.cfgScale;
  }

  /** {@return the sampler; empty, the default, for that of the request} */
  public Optional<Sampler> sampler() {
    return values.sampler;
  }

  /** {@return the schedule; empty, the default, for that of the request} */
  public Optional<Schedule> schedule() {
    return values.schedule;
  }

  /** {@return the factor for the noise added to the image; empty, the default, for 1} */
  public OptionalDouble noiseMultiplier() {
    return values.noiseMultiplier;
  }

  /**
   * {@return the text encoder layer whose output is used, counted from the end; empty, the default,
   * for that of the request}
   */
  public OptionalInt clipSkip() {
    return values.clipSkip;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DetailPass pass && values.state().equals(pass.values.state());
  }

  @Override
  public int hashCode() {
    return values.state().hashCode();
  }

  /** Returns the detector, the prompt and the denoising strength. */
  @Override
  public String toString() {
    return "DetailPass[%s, '%s', strength %s]".formatted(detector(), prompt(), denoisingStrength());
  }

  /** The order in which finds are repainted, by ADetailer's names. */
  public enum Order {
    /**
     * The most confident first, as detectors return them; with a limit to the largest finds, the
     * largest first. The default.
     */
    CONFIDENCE("None"),
    /** From left to right. */
    LEFT_TO_RIGHT("Position (left to right)"),
    /** From the centre of the image to its edges. */
    CENTER_TO_EDGE("Position (center to edge)"),
    /** The largest box first. */
    LARGEST("Area (large to small)");

    private final String label;

    Order(String label) {
      this.label = label;
    }

    /** {@return the name in ADetailer} */
    public String label() {
      return label;
    }

    /**
     * Finds an order by its name.
     *
     * @param name the label or the constant's name; case, spaces and punctuation are ignored
     * @return the order
     * @throws IllegalArgumentException if the name is unknown; the message lists all orders
     */
    public static Order parse(String name) {
      Objects.requireNonNull(name, "name");
      return Labels.parse(values(), Order::label, "order", name);
    }
  }

  /** Builds the settings. Each setter validates its argument. Not thread-safe. */
  public static final class Builder {
    private final String detector;
    private List<String> labels = List.of();
    private String prompt = "";
    private String negativePrompt = "";
    private double confidence = 0.3;
    private int most = 0;
    private boolean mostConfident = false;
    private double leastShare = 0;
    private double mostShare = 1;
    private Order order = Order.CONFIDENCE;
    private boolean sameSeed = false;
    private int growth = 4;
    private int offsetX = 0;
    private int offsetY = 0;
    private boolean merged = false;
    private boolean inverted = false;
    private int maskBlur = 4;
    private double denoisingStrength = 0.4;
    private boolean wholeImage;
    private int padding = 32;
    private Optional<ImageSize> size = Optional.empty();
    private OptionalInt steps = OptionalInt.empty();
    private OptionalDouble cfgScale = OptionalDouble.empty();
    private Optional<Sampler> sampler = Optional.empty();
    private Optional<Schedule> schedule = Optional.empty();
    private OptionalDouble noiseMultiplier = OptionalDouble.empty();
    private OptionalInt clipSkip = OptionalInt.empty();

    private Builder(String detector) {
      this.detector = detector;
    }

    private Builder(Builder other) {
      detector = other.detector;
      labels = other.labels;
      prompt = other.prompt;
      negativePrompt = other.negativePrompt;
      confidence = other.confidence;
      most = other.most;
      mostConfident = other.mostConfident;
      leastShare = other.leastShare;
      mostShare = other.mostShare;
      order = other.order;
      sameSeed = other.sameSeed;
      growth = other.growth;
      offsetX = other.offsetX;
      offsetY = other.offsetY;
      merged = other.merged;
      inverted = other.inverted;
      maskBlur = other.maskBlur;
      denoisingStrength = other.denoisingStrength;
      wholeImage = other.wholeImage;
      padding = other.padding;
      size = other.size;
      steps = other.steps;
      cfgScale = other.cfgScale;
      sampler = other.sampler;
      schedule = other.schedule;
      noiseMultiplier = other.noiseMultiplier;
      clipSkip = other.clipSkip;
    }

    /**
     * Sets the labels of the finds to repaint, such as {@code person}. A label that is not among
     * {@link Detector#labels} is an error before drawing, and ignored with a warning in a lenient
     * request.
     *
     * @param labels names that the detector gives, ignoring case; empty for all
     * @return this builder
     */
    public Builder labels(List<String> labels) {
      Objects.requireNonNull(labels, "labels");
      this.labels = List.copyOf(labels);
      return this;
    }

    /**
     * Sets the prompt. As in ADetailer, {@code [SEP]} separates the prompts of the finds in their
     * order, the last of which serves all further ones; {@code [PROMPT]} is the prompt of the
     * request, and {@code [SKIP]} alone leaves a find as it is.
     *
     * @param prompt a prompt in A1111's syntax; empty for that of the request
     * @return this builder
     */
    public Builder prompt(String prompt) {
      this.prompt = Objects.requireNonNull(prompt, "prompt");
      return this;
    }

    /**
     * Sets the negative prompt, in the syntax of {@link #prompt}.
     *
     * @param negativePrompt a prompt; empty for that of the request
     * @return this builder
     */
    public Builder negativePrompt(String negativePrompt) {
      this.negativePrompt = Objects.requireNonNull(negativePrompt, "negativePrompt");
      return this;
    }

    /**
     * Sets the least confidence of a find.
     *
     * @param confidence 0 to 1. Default 0.3
     * @return this builder
     * @throws IllegalArgumentException if the value is out of range
     */
    public Builder confidence(double confidence) {
      this.confidence = Checks.inRange(0, 1, confidence, "detail confidence");
      return this;
    }

    /**
     * Sets the largest number of finds to repaint: those with the largest boxes, or the most
     * confident ones with {@link #mostConfident}.
     *
     * @param most at least 0; 0 for no limit
     * @return this builder
     * @throws IllegalArgumentException if the value is out of range
     */
    public Builder most(int most) {
      this.most = Checks.atLeast(0, most, "most details");
      return this;
    }

    /**
     * Sets whether {@link #most} keeps the most confident finds instead of the largest.
     *
     * @param mostConfident default false
     * @return this builder
     */
    public Builder mostConfident(boolean mostConfident) {
      this.mostConfident = mostConfident;
      return this;
    }

    /**
     * Sets the order in which finds are repainted, which matters for seeds and for {@code [SEP]}.
     *
     * @param order default {@link Order#CONFIDENCE}
     * @return this builder
     */
    public Builder order(Order order) {
      this.order = Objects.requireNonNull(order, "order");
      return this;
    }

    /**
     * Sets whether all finds have the seed and the variation seed of the image, as with ADetailer's
     * option {@code ad_same_seed_for_each_tab}. Otherwise they are one higher for each find.
     *
     * @param sameSeed default false
     * @return this builder
     */
    public Builder sameSeed(boolean sameSeed) {
      this.sameSeed = sameSeed;
      return this;
    }

    /**
     * Sets the size of the square with which masks are dilated, or eroded if it is negative.
     *
     * @param growth pixels, -256 to 256. Default 4
     * @return this builder
     * @throws IllegalArgumentException if the value is out of range
     */
    public Builder growth(int growth) {
      this.growth = Checks.inRange(-256, 256, growth, "mask growth");
      return this;
    }

    /**
     * Sets whether all finds are repainted together, under one mask.
     *
     * @param merged default false
     * @return this builder
     */
    public Builder merged(boolean merged) {
      this.merged = merged;
      return this;
    }

    /**
     * Sets whether everything but the finds is repainted, under one mask.
     *
     * @param inverted default false
     * @return this builder
     */
    public Builder inverted(boolean inverted) {
      this.inverted = inverted;
      return this;
    }

    /**
     * Sets the blur of the masks, as {@link Inpainting.Builder#maskBlur} does.
     *
     * @param maskBlur pixels, 0 to 64. Default 4
     * @return this builder
     * @throws IllegalArgumentException if the value is out of range
     */
    public Builder maskBlur(int maskBlur) {
      this.maskBlur = Checks.inRange(0, 64, maskBlur, "detail maskBlur");
      return this;
    }

    /**
     * Sets the denoising strength.
     *
     * @param denoisingStrength 0 leaves the image as it is, 1 ignores what is there. Default 0.4
     * @return this builder
     * @throws IllegalArgumentException if the value is out of range
     */
    public Builder denoisingStrength(double denoisingStrength) {
      this.denoisingStrength = Checks.inRange(0, 1, denoisingStrength, "detail denoisingStrength");
      return this;
    }

    /**
     * Sets whether the whole image is painted at the size of the pass, which is that of the image
     * unless {@link #size} sets another; the result is scaled back to the size of the image. By
     * default, the surroundings of each find are cut out and enlarged to that size: A1111's "Only
     * masked".
     *
     * @param wholeImage default false
     * @return this builder
     */
    public Builder wholeImage(boolean wholeImage) {
      this.wholeImage = wholeImage;
      return this;
    }

    /**
     * Sets the width of the surroundings that are cut out with a find.
     *
     * @param padding pixels, 0 to 256. Default 32
     * @return this builder
     * @throws IllegalArgumentException if the value is out of range
     */
    public Builder padding(int padding) {
      this.padding = Checks.inRange(0, 256, padding, "detail padding");
      return this;
    }

    /**
     * Sets the size at which parts are painted.
     *
     * @param size default the size of the request
     * @return this builder
     */
    public Builder size(ImageSize size) {
      this.size = Optional.of(Objects.requireNonNull(size, "size"));
      return this;
    }

    /**
     * Sets the number of steps.
     *
     * @param steps 1 to 1000. Default that of the request
     * @return this builder
     * @throws IllegalArgumentException if the value is out of range
     */
    public Builder steps(int steps) {
      this.steps = OptionalInt.of(Checks.inRange(1, 1000, steps, "detail steps"));
      return this;
    }

    /**
     * Sets the CFG scale.
     *
     * @param cfgScale at least 0. Default that of the request
     * @return this builder
     * @throws IllegalArgumentException if the value is out of range
     */
    public Builder cfgScale(double cfgScale) {
      this.cfgScale = OptionalDouble.of(Checks.notNegative(cfgScale, "detail cfgScale"));
      return this;
    }

    /**
     * Sets the sampler.
     *
     * @param sampler default that of the request
     * @return this builder
     */
    public Builder sampler(Sampler sampler) {
      this.sampler = Optional.of(Objects.requireNonNull(sampler, "sampler"));
      return this;
    }

    /**
     * Sets the schedule of noise levels.
     *
     * @param schedule default that of the request
     * @return this builder
     */
    public Builder schedule(Schedule schedule) {
      this.schedule = Optional.of(Objects.requireNonNull(schedule, "schedule"));
      return this;
    }

    /**
     * Sets the factor for the noise added to the image.
     *
     * @param noiseMultiplier 0 to 1.5. Default 1
     * @return this builder
     * @throws IllegalArgumentException if the value is out of range
     */
    public Builder noiseMultiplier(double noiseMultiplier) {
      this.noiseMultiplier =
          OptionalDouble.of(Checks.inRange(0, 1.5, noiseMultiplier, "detail noiseMultiplier"));
      return this;
    }

    /**
     * Sets the text encoder layer whose output is used, counted from the end.
     *
     * @param clipSkip 1 to 12. Default that of the request
     * @return this builder
     * @throws IllegalArgumentException if the value is out of range
     */
    public Builder clipSkip(int clipSkip) {
      this.clipSkip = OptionalInt.of(Checks.inRange(1, 12, clipSkip, "detail clipSkip"));
      return this;
    }

    /**
     * Sets the shares of the image that a find's box may cover. Others are left as they are.
     *
     * @param least 0 to 1. Default 0
     * @param most {@code least} to 1. Default 1
     * @return this builder
     * @throws IllegalArgumentException if a share is out of range
     */
    public Builder share(double least, double most) {
      Checks.inRange(0, 1, least, "least share of a detail");
      mostShare = Checks.inRange(least, 1, most, "largest share of a detail");
      leastShare = least;
      return this;
    }

    /**
     * Moves the masks, before they are dilated or eroded. What leaves the image at an edge comes
     * back at the opposite one.
     *
     * @param right pixels to the right
     * @param up pixels up, as in ADetailer
     * @return this builder
     */
    public Builder offset(int right, int up) {
      offsetX = right;
      offsetY = up;
      return this;
    }

    /** {@return the settings} The builder can be reused. */
    public DetailPass build() {
      return new DetailPass(new Builder(this));
    }

    private List<Object> state() {
      return List.of(
          detector,
          labels,
          prompt,
          negativePrompt,
          confidence,
          most,
          mostConfident,
          leastShare,
          mostShare,
          order,
          sameSeed,
          growth,
          offsetX,
          offsetY,
          merged,
          inverted,
          maskBlur,
          denoisingStrength,
          wholeImage,
          padding,
          size,
          steps,
          cfgScale,
          sampler,
          schedule,
          noiseMultiplier,
          clipSkip);
    }
  }
}
