package dev.sdlora.api;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is left out to be faster. Each changes pictures, and each is exact when off: the same bytes
 * as without it. Nothing is on by default. What they save and change was measured in
 * docs/faster-pictures.md. Immutable; safe for several threads.
 */
public final class SpeedOptions {
  /** Nothing is left out. */
  public static final SpeedOptions DEFAULTS = builder().build();

  private final GuidanceRange guidanceRange;
  private final Forecasting forecasting;

  private SpeedOptions(Builder values) {
    guidanceRange = values.guidanceRange;
    forecasting = values.forecasting;
  }

  /** {@return a builder with everything off} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return a builder that starts from these options} */
  public Builder toBuilder() {
    return builder().guidanceRange(guidanceRange).forecasting(forecasting);
  }

  /** {@return where guidance acts} Default {@link GuidanceRange#ALL}. */
  public GuidanceRange guidanceRange() {
    return guidanceRange;
  }

  /** {@return which calls of the model are forecast} Default {@link Forecasting#NONE}. */
  public Forecasting forecasting() {
    return forecasting;
  }

  /** Whether the other has the same options. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SpeedOptions options && state().equals(options.state());
  }

  @Override
  public int hashCode() {
    return state().hashCode();
  }

  @Override
  public String toString() {
    return "SpeedOptions" + state();
  }

  private List<Object> state() {
    return List.of(guidanceRange, forecasting);
  }

  /** Collects options. Not safe for several threads. */
  public static final class Builder {
    private GuidanceRange guidanceRange = GuidanceRange.ALL;
    private Forecasting forecasting = Forecasting.NONE;

    private Builder() {}

    /**
     * Sets where guidance acts; outside, the model draws by the prompt alone, in half of the time.
     *
     * @param range default {@link GuidanceRange#ALL}
     * @return this builder
     */
    public Builder guidanceRange(GuidanceRange range) {
      this.guidanceRange = Objects.requireNonNull(range, "range");
      return this;
    }

    /**
     * Sets which calls of the model are forecast from earlier ones.
     *
     * @param forecasting default {@link Forecasting#NONE}
     * @return this builder
     */
    public Builder forecasting(Forecasting forecasting) {
      this.forecasting = Objects.requireNonNull(forecasting, "forecasting");
      return this;
    }

    /**
     * Builds the options; the builder can be used further.
     *
     * @return the options
     */
    public SpeedOptions build() {
      return new SpeedOptions(this);
    }
  }
}
