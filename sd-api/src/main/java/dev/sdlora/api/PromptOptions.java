package dev.sdlora.api;

import dev.sdlora.api.value.Checks;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Options for parsing the prompts of a request. Immutable; start from {@link #DEFAULTS} or {@link
 * #EXACT_A1111}.
 */
public final class PromptOptions {
  /** The default options. */
  public static final PromptOptions DEFAULTS = builder().build();

  /** The defaults of A1111 without exception: LoRA tags in the negative prompt are plain text. */
  public static final PromptOptions EXACT_A1111 = DEFAULTS.withNegativeLoras(false);

  private final PromptMode mode;
  private final Emphasis emphasis;
  private final List<Style> styles;
  private final boolean negativeLoras;
  private final int commaBacktracking;
  private final boolean padConds;
  private final boolean oldEditingTimelines;
  private final EmptyNegativePrompt emptyNegative;
  private final boolean clipSkipOnSdxl;
  private final PromptLimits limits;
  private final Optional<DynamicPrompts> dynamicPrompts;

  private PromptOptions(Builder values) {
    mode = values.mode;
    emphasis = values.emphasis;
    styles = values.styles;
    negativeLoras = values.negativeLoras;
    commaBacktracking = values.commaBacktracking;
    padConds = values.padConds;
    oldEditingTimelines = values.oldEditingTimelines;
    emptyNegative = values.emptyNegative;
    clipSkipOnSdxl = values.clipSkipOnSdxl;
    limits = values.limits;
    dynamicPrompts = values.dynamicPrompts;
  }

  /** {@return a builder with the default values documented on its setters} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return a builder that starts from these options} */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * {@return the options for prompt templates, which draw a new prompt for each image; empty, the
   * default, to treat {@code {a|b}} as plain text, as in A1111}
   */
  public Optional<DynamicPrompts> dynamicPrompts() {
    return dynamicPrompts;
  }

  /** {@return the handling of malformed prompts} Default {@link PromptMode#A1111}. */
  public PromptMode mode() {
    return mode;
  }

  /** {@return the effect of weights} Default {@link Emphasis#ORIGINAL}. */
  public Emphasis emphasis() {
    return emphasis;
  }

  /**
   * {@return the styles merged into both prompts, in this order, before any other processing}
   * Default none.
   */
  public List<Style> styles() {
    return styles;
  }

  /**
   * {@return whether LoRA tags in the negative prompt are applied} Default true; A1111 treats them
   * as plain text.
   */
  public boolean negativeLoras() {
    return negativeLoras;
  }

  /**
   * {@return the number of tokens to look back for a comma to break at when a chunk of 75 tokens is
   * full} Default 20.
   */
  public int commaBacktracking() {
    return commaBacktracking;
  }

  /**
   * {@return whether the shorter of prompt and negative prompt is padded with empty chunks} Both
   * then run as one batch; the image changes slightly. Default false.
   */
  public boolean padConds() {
    return padConds;
  }

  /**
   * {@return whether numbers in prompt editing have their meaning from before A1111 1.6} In {@code
   * [from:to:when]}, a number of 1 or more is then a step, a smaller one a fraction, and hires fix
   * starts counting anew. Default false.
   */
  public boolean oldEditingTimelines() {
    return oldEditingTimelines;
  }

  /**
   * {@return the replacement of an empty negative prompt on SDXL} Default {@link
   * EmptyNegativePrompt#ZEROS}.
   */
  public EmptyNegativePrompt emptyNegative() {
    return emptyNegative;
  }

  /**
   * {@return whether CLIP skip applies to the smaller text encoder of SDXL} Default false: it
   * applies only to SD 1.x, as in A1111.
   */
  public boolean clipSkipOnSdxl() {
    return clipSkipOnSdxl;
  }

  /** {@return the limits on the prompts} Default {@link PromptLimits#DEFAULTS}. */
  public PromptLimits limits() {
    return limits;
  }

  /**
   * Returns a copy with another mode.
   *
   * @param mode the handling of malformed prompts
   * @return the copy
   */
  public PromptOptions withMode(PromptMode mode) {
    return toBuilder().mode(mode).build();
  }

  /**
   * Returns a copy with another emphasis.
   *
   * @param emphasis the effect of weights
   * @return the copy
   */
  public PromptOptions withEmphasis(Emphasis emphasis) {
    return toBuilder().emphasis(emphasis).build();
  }

  /**
   * Returns a copy with other styles.
   *
   * @param styles the styles merged into both prompts, in this order; empty for none
   * @return the copy
   */
  public PromptOptions withStyles(List<Style> styles) {
    return toBuilder().styles(styles).build();
  }

  /**
   * Returns a copy that sets whether LoRA tags in the negative prompt are applied.
   *
   * @param act false to treat them as plain text, as in A1111
   * @return the copy
   */
  public PromptOptions withNegativeLoras(boolean act) {
    return toBuilder().negativeLoras(act).build();
  }

  /**
   * Returns a copy that looks back another number of tokens for a comma when a chunk is full.
   *
   * @param tokens 0 to 74 tokens; 0 breaks anywhere
   * @return the copy
   * @throws IllegalArgumentException if the number is out of range
   */
  public PromptOptions withCommaBacktracking(int tokens) {
    return toBuilder().commaBacktracking(tokens).build();
  }

  /**
   * Returns a copy that sets whether the shorter prompt is padded.
   *
   * @param pad see {@link #padConds()}
   * @return the copy
   */
  public PromptOptions withPadConds(boolean pad) {
    return toBuilder().padConds(pad).build();
  }

  /**
   * Returns a copy that sets whether numbers in prompt editing have their old meaning.
   *
   * @param old see {@link #oldEditingTimelines()}
   * @return the copy
   */
  public PromptOptions withOldEditingTimelines(boolean old) {
    return toBuilder().oldEditingTimelines(old).build();
  }

  /**
   * Returns a copy with another replacement of an empty negative prompt on SDXL.
   *
   * @param emptyNegative the replacement
   * @return the copy
   */
  public PromptOptions withEmptyNegative(EmptyNegativePrompt emptyNegative) {
    return toBuilder().emptyNegative(emptyNegative).build();
  }

  /**
   * Returns a copy that sets whether CLIP skip applies to SDXL.
   *
   * @param heed see {@link #clipSkipOnSdxl()}
   * @return the copy
   */
  public PromptOptions withClipSkipOnSdxl(boolean heed) {
    return toBuilder().clipSkipOnSdxl(heed).build();
  }

  /**
   * Returns a copy with other limits.
   *
   * @param limits the limits on the prompts
   * @return the copy
   */
  public PromptOptions withLimits(PromptLimits limits) {
    return toBuilder().limits(limits).build();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PromptOptions that && state().equals(that.state());
  }

  @Override
  public int hashCode() {
    return state().hashCode();
  }

  private List<Object> state() {
    return List.of(
        mode,
        emphasis,
        styles,
        negativeLoras,
        commaBacktracking,
        padConds,
        oldEditingTimelines,
        emptyNegative,
        clipSkipOnSdxl,
        limits,
        dynamicPrompts);
  }

  @Override
  public String toString() {
    return "PromptOptions" + state();
  }

  /** Builds the options. Not thread-safe. */
  public static final class Builder {
    private PromptMode mode = PromptMode.A1111;
    private Emphasis emphasis = Emphasis.ORIGINAL;
    private List<Style> styles = List.of();
    private boolean negativeLoras = true;
    private int commaBacktracking = 20;
    private boolean padConds = false;
    private boolean oldEditingTimelines = false;
    private EmptyNegativePrompt emptyNegative = EmptyNegativePrompt.ZEROS;
    private boolean clipSkipOnSdxl = false;
    private PromptLimits limits = PromptLimits.DEFAULTS;
    private Optional<DynamicPrompts> dynamicPrompts = Optional.empty();

    private Builder() {}

    private Builder(PromptOptions values) {
      mode = values.mode;
      emphasis = values.emphasis;
      styles = values.styles;
      negativeLoras = values.negativeLoras;
      commaBacktracking = values.commaBacktracking;
      padConds = values.padConds;
      oldEditingTimelines = values.oldEditingTimelines;
      emptyNegative = values.emptyNegative;
      clipSkipOnSdxl = values.clipSkipOnSdxl;
      limits = values.limits;
      dynamicPrompts = values.dynamicPrompts;
    }

    /**
     * Sets the handling of malformed prompts.
     *
     * @param mode default {@link PromptMode#A1111}
     * @return this builder
     */
    public Builder mode(PromptMode mode) {
      Objects.requireNonNull(mode, "mode");
      this.mode = mode;
      return this;
    }

    /**
     * Sets the effect of weights.
     *
     * @param emphasis default {@link Emphasis#ORIGINAL}
     * @return this builder
     */
    public Builder emphasis(Emphasis emphasis) {
      Objects.requireNonNull(emphasis, "emphasis");
      this.emphasis = emphasis;
      return this;
    }

    /**
     * Sets the styles merged into both prompts before any other processing.
     *
     * @param styles the styles in the order of merging. Default none
     * @return this builder
     */
    public Builder styles(List<Style> styles) {
      Objects.requireNonNull(styles, "styles");
      this.styles = List.copyOf(styles);
      return this;
    }

    /**
     * Sets whether LoRA tags in the negative prompt are applied; A1111 treats them as plain text.
     *
     * @param negativeLoras default true
     * @return this builder
     */
    public Builder negativeLoras(boolean negativeLoras) {
      this.negativeLoras = negativeLoras;
      return this;
    }

    /**
     * Sets whether the shorter of prompt and negative prompt is padded with empty chunks. Both then
     * run as one batch; the image changes slightly.
     *
     * @param padConds default false
     * @return this builder
     */
    public Builder padConds(boolean padConds) {
      this.padConds = padConds;
      return this;
    }

    /**
     * Sets whether numbers in prompt editing have their meaning from before A1111 1.6: in {@code
     * [from:to:when]}, a number of 1 or more is then a step, a smaller one a fraction, and hires
     * fix starts counting anew.
     *
     * @param oldEditingTimelines default false
     * @return this builder
     */
    public Builder oldEditingTimelines(boolean oldEditingTimelines) {
      this.oldEditingTimelines = oldEditingTimelines;
      return this;
    }

    /**
     * Sets the replacement of an empty negative prompt on SDXL.
     *
     * @param emptyNegative default {@link EmptyNegativePrompt#ZEROS}
     * @return this builder
     */
    public Builder emptyNegative(EmptyNegativePrompt emptyNegative) {
      Objects.requireNonNull(emptyNegative, "emptyNegative");
      this.emptyNegative = emptyNegative;
      return this;
    }

    /**
     * Sets whether CLIP skip applies to the smaller text encoder of SDXL, as A1111's setting
     * "Enable Clip skip for SDXL" does.
     *
     * @param clipSkipOnSdxl default false
     * @return this builder
     */
    public Builder clipSkipOnSdxl(boolean clipSkipOnSdxl) {
      this.clipSkipOnSdxl = clipSkipOnSdxl;
      return this;
    }

    /**
     * Treats prompts as templates that draw a new prompt for each image: {@code {a|b}}, wildcards,
     * variables.
     *
     * @param dynamicPrompts the folders with wildcards. Default: prompts are not templates
     * @return this builder
     */
    public Builder dynamicPrompts(DynamicPrompts dynamicPrompts) {
      Objects.requireNonNull(dynamicPrompts, "dynamicPrompts");
      this.dynamicPrompts = Optional.of(dynamicPrompts);
      return this;
    }

    /**
     * Uses prompts without templates, which is the default.
     *
     * @return this builder
     */
    public Builder noDynamicPrompts() {
      this.dynamicPrompts = Optional.empty();
      return this;
    }

    /**
     * Sets the limits on the prompts.
     *
     * @param limits default {@link PromptLimits#DEFAULTS}
     * @return this builder
     */
    public Builder limits(PromptLimits limits) {
      Objects.requireNonNull(limits, "limits");
      this.limits = limits;
      return this;
    }

    /**
     * Sets the number of tokens to look back for a comma to break at when a chunk of 75 tokens is
     * full.
     *
     * @param commaBacktracking 0 to 74; 0 breaks anywhere. Default 20
     * @return this builder
     * @throws IllegalArgumentException if the number is out of range
     */
    public Builder commaBacktracking(int commaBacktracking) {
      this.commaBacktracking = Checks.inRange(0, 74, commaBacktracking, "commaBacktracking");
      return this;
    }

    /**
     * Builds the options. The builder can be reused.
     *
     * @return the options
     */
    public PromptOptions build() {
      return new PromptOptions(this);
    }
  }
}
