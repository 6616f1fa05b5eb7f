package dev.sdlora.api;

import dev.sdlora.api.value.Checks;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the prompts of a request are read. Immutable; start from {@link #DEFAULTS} or {@link
 * #EXACT_A1111}.
 */
public final class PromptOptions {
  /** The settings of a request that sets none. */
  public static final PromptOptions DEFAULTS = builder().build();

  /** The defaults of A1111 without exception: LoRA tags in the negative prompt are text. */
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

  /** {@return a builder that has the defaults that its setters tell} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return a builder that starts from this one} */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * {@return how prompts are drawn anew for each image; empty if they stay as they are} Empty by
   * default, so that {@code {a|b}} is text as in A1111.
   */
  public Optional<DynamicPrompts> dynamicPrompts() {
    return dynamicPrompts;
  }

  /** {@return whether malformed prompts are errors} */
  public PromptMode mode() {
    return mode;
  }

  /** {@return what weights do} */
  public Emphasis emphasis() {
    return emphasis;
  }

  /** {@return what is merged into both prompts, in this order, before anything else} */
  public List<Style> styles() {
    return styles;
  }

  /** {@return whether LoRA tags in the negative prompt act} A1111 takes them for text. */
  public boolean negativeLoras() {
    return negativeLoras;
  }

  /** {@return how many tokens to look back for a comma to break at when a chunk of 75 is full} */
  public int commaBacktracking() {
    return commaBacktracking;
  }

  /**
   * {@return whether the shorter of prompt and negative prompt is filled up with empty chunks} Then
   * both run as one batch; the image changes a little.
   */
  public boolean padConds() {
    return padConds;
  }

  /**
   * {@return whether numbers in prompt editing mean what they did before A1111 1.6} Then {@code
   * [from:to:when]} takes every number from 1 for a step and every one below for a share, and hires
   * fix starts the count again.
   */
  public boolean oldEditingTimelines() {
    return oldEditingTimelines;
  }

  /** {@return what takes the place of an empty negative prompt on SDXL} */
  public EmptyNegativePrompt emptyNegative() {
    return emptyNegative;
  }

  /**
   * {@return whether the smaller text encoder of SDXL heeds the request's CLIP skip} Otherwise, as
   * in A1111, only that of SD 1.x does.
   */
  public boolean clipSkipOnSdxl() {
    return clipSkipOnSdxl;
  }

  /** {@return how much the prompts may ask for} */
  public PromptLimits limits() {
    return limits;
  }

  /**
   * Sets another mode.
   *
   * @param mode whether malformed prompts are errors
   * @return the same otherwise
   */
  public PromptOptions withMode(PromptMode mode) {
    return toBuilder().mode(mode).build();
  }

  /**
   * Sets another emphasis.
   *
   * @param emphasis what weights do
   * @return the same otherwise
   */
  public PromptOptions withEmphasis(Emphasis emphasis) {
    return toBuilder().emphasis(emphasis).build();
  }

  /**
   * Takes other styles in place of those it has.
   *
   * @param styles merged into both prompts in this order; empty for none
   * @return the same otherwise
   */
  public PromptOptions withStyles(List<Style> styles) {
    return toBuilder().styles(styles).build();
  }

  /**
   * Sets whether LoRA tags in the negative prompt act.
   *
   * @param act false for A1111's way, which takes them for text
   * @return the same otherwise
   */
  public PromptOptions withNegativeLoras(boolean act) {
    return toBuilder().negativeLoras(act).build();
  }

  /**
   * Sets another limit for looking back from the end of a chunk for a comma.
   *
   * @param tokens from 0 to 74; 0 breaks anywhere
   * @return the same otherwise
   * @throws IllegalArgumentException if it is out of range
   */
  public PromptOptions withCommaBacktracking(int tokens) {
    return toBuilder().commaBacktracking(tokens).build();
  }

  /**
   * Sets whether the shorter prompt is padded.
   *
   * @param pad see {@link #padConds()}
   * @return the same otherwise
   */
  public PromptOptions withPadConds(boolean pad) {
    return toBuilder().padConds(pad).build();
  }

  /**
   * Sets whether numbers in prompt editing have their old meaning.
   *
   * @param old see {@link #oldEditingTimelines()}
   * @return the same otherwise
   */
  public PromptOptions withOldEditingTimelines(boolean old) {
    return toBuilder().oldEditingTimelines(old).build();
  }

  /**
   * Takes something else in the place of an empty negative prompt on SDXL.
   *
   * @param emptyNegative what to take
   * @return the same otherwise
   */
  public PromptOptions withEmptyNegative(EmptyNegativePrompt emptyNegative) {
    return toBuilder().emptyNegative(emptyNegative).build();
  }

  /**
   * Sets whether CLIP skip counts on SDXL.
   *
   * @param heed see {@link #clipSkipOnSdxl()}
   * @return the same otherwise
   */
  public PromptOptions withClipSkipOnSdxl(boolean heed) {
    return toBuilder().clipSkipOnSdxl(heed).build();
  }

  /**
   * Sets other limits.
   *
   * @param limits how much the prompts may ask for
   * @return the same otherwise
   */
  public PromptOptions withLimits(PromptLimits limits) {
    return toBuilder().limits(limits).build();
  }

  /** Whether the other tells the same. */
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

  /** Collects what there is to tell. Not safe for use by several threads at once. */
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
     * Sets whether malformed prompts are errors.
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
     * Sets what weights do.
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
     * Sets what is merged into both prompts before anything else.
     *
     * @param styles in the order of merging. Default none
     * @return this builder
     */
    public Builder styles(List<Style> styles) {
      Objects.requireNonNull(styles, "styles");
      this.styles = List.copyOf(styles);
      return this;
    }

    /**
     * Sets whether LoRA tags in the negative prompt act; A1111 takes them for text.
     *
     * @param negativeLoras default true
     * @return this builder
     */
    public Builder negativeLoras(boolean negativeLoras) {
      this.negativeLoras = negativeLoras;
      return this;
    }

    /**
     * Sets whether the shorter of prompt and negative prompt is filled up with empty chunks so that
     * both run as one batch; the image changes a little.
     *
     * @param padConds default false
     * @return this builder
     */
    public Builder padConds(boolean padConds) {
      this.padConds = padConds;
      return this;
    }

    /**
     * Sets whether {@code [from:to:when]} takes every number from 1 for a step and every one below
     * for a share, and hires fix starts the count again, as before A1111 1.6.
     *
     * @param oldEditingTimelines default false
     * @return this builder
     */
    public Builder oldEditingTimelines(boolean oldEditingTimelines) {
      this.oldEditingTimelines = oldEditingTimelines;
      return this;
    }

    /**
     * Sets what takes the place of an empty negative prompt on SDXL.
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
     * Sets whether the smaller text encoder of SDXL heeds the request's CLIP skip, as A1111's
     * setting "Enable Clip skip for SDXL" does.
     *
     * @param clipSkipOnSdxl default false
     * @return this builder
     */
    public Builder clipSkipOnSdxl(boolean clipSkipOnSdxl) {
      this.clipSkipOnSdxl = clipSkipOnSdxl;
      return this;
    }

    /**
     * Has prompts drawn anew for each image: {@code {a|b}}, wildcards, variables.
     *
     * @param dynamicPrompts where wildcards are. Default: prompts stay as they are
     * @return this builder
     */
    public Builder dynamicPrompts(DynamicPrompts dynamicPrompts) {
      Objects.requireNonNull(dynamicPrompts, "dynamicPrompts");
      this.dynamicPrompts = Optional.of(dynamicPrompts);
      return this;
    }

    /**
     * Leaves prompts as they are, which is the default.
     *
     * @return this builder
     */
    public Builder noDynamicPrompts() {
      this.dynamicPrompts = Optional.empty();
      return this;
    }

    /**
     * Sets how much the prompts may ask for.
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
     * Sets how many tokens to look back for a comma to break at when a chunk of 75 is full.
     *
     * @param commaBacktracking from 0 to 74. Default 20; 0 breaks anywhere
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder commaBacktracking(int commaBacktracking) {
      this.commaBacktracking = Checks.inRange(0, 74, commaBacktracking, "commaBacktracking");
      return this;
    }

    /**
     * Builds the options; the builder can be used further.
     *
     * @return the options
     */
    public PromptOptions build() {
      return new PromptOptions(this);
    }
  }
}
