package dev.sdlora.api;

import dev.sdlora.api.value.Checks;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Options for parsing the prompts of a request. Immutable; start from {@link #DEFAULTS} or {@link
 * #EXACT_A1111}.
 */
public final class PromptOptions {
  /** The default options. */
  public static final PromptOptions DEFAULTS = new PromptOptions(new Values());

  /** The defaults of A1111 without exception: LoRA tags in the negative prompt are plain text. */
  public static final PromptOptions EXACT_A1111 = DEFAULTS.withNegativeLoras(false);

  private final PromptMode mode;
  private final Emphasis emphasis;
  private final List<Style> styles;
  private final boolean negativeLoras;
  private final int commaBacktracking;
  private final boolean padConds;
  private final boolean oldEditingTimelines;
  private final boolean emptyNegativeEncoded;
  private final boolean clipSkipOnSdxl;
  private final OptionalInt t5Tokens;
  private final PromptLimits limits;
  private final Optional<DynamicPrompts> dynamicPrompts;

  private PromptOptions(Values values) {
    mode = values.mode;
    emphasis = values.emphasis;
    styles = values.styles;
    negativeLoras = values.negativeLoras;
    commaBacktracking = values.commaBacktracking;
    padConds = values.padConds;
    oldEditingTimelines = values.oldEditingTimelines;
    emptyNegativeEncoded = values.emptyNegativeEncoded;
    clipSkipOnSdxl = values.clipSkipOnSdxl;
    t5Tokens = values.t5Tokens;
    limits = values.limits;
    dynamicPrompts = values.dynamicPrompts;
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
   * {@return whether SDXL encodes an empty negative prompt} True as in ComfyUI, and in diffusers
   * with an empty one; false, the default, replaces the outputs of the text encoders with zeros, as
   * in A1111, and in diffusers without one. SD 1.x and 2.x always encode it.
   */
  public boolean emptyNegativeEncoded() {
    return emptyNegativeEncoded;
  }

  /**
   * {@return whether CLIP skip applies to the smaller text encoder of SDXL} Default false: it
   * applies only to SD 1.x, as in A1111.
   */
  public boolean clipSkipOnSdxl() {
    return clipSkipOnSdxl;
  }

  /**
   * {@return the number of tokens to which T5's texts are padded in FLUX.1 and Stable Diffusion 3;
   * empty, the default, for that of diffusers and ComfyUI} See {@link #withT5Tokens}.
   */
  public OptionalInt t5Tokens() {
    return t5Tokens;
  }

  /** {@return the limits on the prompts} Default {@link PromptLimits#DEFAULTS}. */
  public PromptLimits limits() {
    return limits;
  }

  /**
   * Returns a copy that treats prompts as templates, which draw a new prompt for each image: {@code
   * {a|b}}, wildcards, variables.
   *
   * @param dynamicPrompts the folders with wildcards
   * @return the copy
   */
  public PromptOptions withDynamicPrompts(DynamicPrompts dynamicPrompts) {
    Values values = values();
    values.dynamicPrompts = Optional.of(Objects.requireNonNull(dynamicPrompts, "dynamicPrompts"));
    return new PromptOptions(values);
  }

  /**
   * Returns a copy that uses prompts without templates, which is the default.
   *
   * @return the copy
   */
  public PromptOptions withoutDynamicPrompts() {
    Values values = values();
    values.dynamicPrompts = Optional.empty();
    return new PromptOptions(values);
  }

  /**
   * Returns a copy with another mode.
   *
   * @param mode the handling of malformed prompts
   * @return the copy
   */
  public PromptOptions withMode(PromptMode mode) {
    Values values = values();
    values.mode = Objects.requireNonNull(mode, "mode");
    return new PromptOptions(values);
  }

  /**
   * Returns a copy with another emphasis.
   *
   * @param emphasis the effect of weights
   * @return the copy
   */
  public PromptOptions withEmphasis(Emphasis emphasis) {
    Values values = values();
    values.emphasis = Objects.requireNonNull(emphasis, "emphasis");
    return new PromptOptions(values);
  }

  /**
   * Returns a copy with other styles.
   *
   * @param styles the styles merged into both prompts, in this order; empty for none
   * @return the copy
   */
  public PromptOptions withStyles(List<Style> styles) {
    Values values = values();
    values.styles = List.copyOf(Objects.requireNonNull(styles, "styles"));
    return new PromptOptions(values);
  }

  /**
   * Returns a copy that sets whether LoRA tags in the negative prompt are applied.
   *
   * @param act false to treat them as plain text, as in A1111
   * @return the copy
   */
  public PromptOptions withNegativeLoras(boolean act) {
    Values values = values();
    values.negativeLoras = act;
    return new PromptOptions(values);
  }

  /**
   * Returns a copy that looks back another number of tokens for a comma when a chunk is full.
   *
   * @param tokens 0 to 74 tokens; 0 breaks anywhere
   * @return the copy
   * @throws IllegalArgumentException if the number is out of range
   */
  public PromptOptions withCommaBacktracking(int tokens) {
    Values values = values();
    values.commaBacktracking = Checks.inRange(0, 74, tokens, "commaBacktracking");
    return new PromptOptions(values);
  }

  /**
   * Returns a copy that sets whether the shorter prompt is padded.
   *
   * @param pad see {@link #padConds()}
   * @return the copy
   */
  public PromptOptions withPadConds(boolean pad) {
    Values values = values();
    values.padConds = pad;
    return new PromptOptions(values);
  }

  /**
   * Returns a copy that sets whether numbers in prompt editing have their old meaning.
   *
   * @param old see {@link #oldEditingTimelines()}
   * @return the copy
   */
  public PromptOptions withOldEditingTimelines(boolean old) {
    Values values = values();
    values.oldEditingTimelines = old;
    return new PromptOptions(values);
  }

  /**
   * Returns a copy that sets whether SDXL encodes an empty negative prompt.
   *
   * @param encoded see {@link #emptyNegativeEncoded()}
   * @return the copy
   */
  public PromptOptions withEmptyNegativeEncoded(boolean encoded) {
    Values values = values();
    values.emptyNegativeEncoded = encoded;
    return new PromptOptions(values);
  }

  /**
   * Returns a copy that sets whether CLIP skip applies to SDXL.
   *
   * @param heed see {@link #clipSkipOnSdxl()}
   * @return the copy
   */
  public PromptOptions withClipSkipOnSdxl(boolean heed) {
    Values values = values();
    values.clipSkipOnSdxl = heed;
    return new PromptOptions(values);
  }

  /**
   * Returns a copy that pads the texts of T5 to another number of tokens. The padding is read too,
   * so it changes images. Longer texts are read up to 512 tokens. FLUX.1 and Stable Diffusion 3
   * have this padding; other models ignore the number.
   *
   * @param tokens 1 to 512. Without it, FLUX.1 [dev] and its kin have 512 and [schnell] 256, which
   *     also cuts longer texts, as in diffusers, and Stable Diffusion 3 has 77, as in ComfyUI.
   *     Forge pads to 256 for all of them, ComfyUI for FLUX.1; diffusers to 256 for Stable
   *     Diffusion 3
   * @return the copy
   * @throws IllegalArgumentException if the number is out of range
   */
  public PromptOptions withT5Tokens(int tokens) {
    Values values = values();
    values.t5Tokens = OptionalInt.of(Checks.inRange(1, 512, tokens, "t5Tokens"));
    return new PromptOptions(values);
  }

  /**
   * Returns a copy with other limits.
   *
   * @param limits the limits on the prompts
   * @return the copy
   */
  public PromptOptions withLimits(PromptLimits limits) {
    Values values = values();
    values.limits = Objects.requireNonNull(limits, "limits");
    return new PromptOptions(values);
  }

  private Values values() {
    Values values = new Values();
    values.mode = mode;
    values.emphasis = emphasis;
    values.styles = styles;
    values.negativeLoras = negativeLoras;
    values.commaBacktracking = commaBacktracking;
    values.padConds = padConds;
    values.oldEditingTimelines = oldEditingTimelines;
    values.emptyNegativeEncoded = emptyNegativeEncoded;
    values.clipSkipOnSdxl = clipSkipOnSdxl;
    values.t5Tokens = t5Tokens;
    values.limits = limits;
    values.dynamicPrompts = dynamicPrompts;
    return values;
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
        emptyNegativeEncoded,
        clipSkipOnSdxl,
        t5Tokens,
        limits,
        dynamicPrompts);
  }

  @Override
  public String toString() {
    return "PromptOptions" + state();
  }

  /** Builds the options. Not thread-safe. */
  private static final class Values {
    private PromptMode mode = PromptMode.A1111;
    private Emphasis emphasis = Emphasis.ORIGINAL;
    private List<Style> styles = List.of();
    private boolean negativeLoras = true;
    private int commaBacktracking = 20;
    private boolean padConds;
    private boolean oldEditingTimelines;
    private boolean emptyNegativeEncoded;
    private boolean clipSkipOnSdxl;
    private OptionalInt t5Tokens = OptionalInt.empty();
    private PromptLimits limits = PromptLimits.DEFAULTS;
    private Optional<DynamicPrompts> dynamicPrompts = Optional.empty();
  }
}
