package dev.sdlora.api.setting;

/** Infotext keys of what a flow's model and the requests to it have in addition to others. */
public final class FlowKeys {
  /** The guidance scale that the model read as an input, as Forge writes it. */
  public static final String DISTILLED_GUIDANCE = "Distilled CFG Scale";

  /** The number of reference images. */
  public static final String REFERENCES = "Reference images";

  /** The number of tokens to which T5's texts are padded. */
  public static final String T5_TOKENS = "T5 tokens";

  /** The schedule, if the model's own replaces that of the sampler. */
  public static final String SCHEDULE = "Schedule type";

  /** The shift of the model's own schedule, as Forge Neo writes it. */
  public static final String SHIFT = "Shift";

  private FlowKeys() {}
}
