package dev.sdlora.request;

import dev.sdlora.api.Emphasis;
import dev.sdlora.api.PromptSpecBuilder;
import dev.sdlora.api.Rng;
import dev.sdlora.api.SamplerOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A1111's options, as far as they mean something here: those of the server, or of one request.
 *
 * @param passedOver the names of options that mean nothing here
 */
public record Overrides(
    OptionalInt clipSkip,
    OptionalLong ensd,
    Optional<Rng> rng,
    Optional<Emphasis> emphasis,
    List<String> passedOver) {

  /** Nothing. */
  public static final Overrides NONE =
      new Overrides(
          OptionalInt.empty(), OptionalLong.empty(), Optional.empty(), Optional.empty(), List.of());

  /**
   * Reads options.
   *
   * @throws IllegalArgumentException if one has a value that makes no sense, or names another model
   *     than there is
   */
  public static Overrides read(Fields options, Offer offer) {
    Overrides read = NONE;
    List<String> others = new ArrayList<>();
    for (String name : options.names()) {
      switch (name) {
        case "CLIP_stop_at_last_layers" -> read = read.withClipSkip(options.whole(name, 1));
        case "eta_noise_seed_delta" -> read = read.withEnsd(options.whole(name, 0));
        case "randn_source" -> read = read.withRng(options.name(name));
        case "emphasis" -> read = read.withEmphasis(options.name(name));
        case "sd_model_checkpoint" ->
            options.ifName(name, model -> offer.requireCheckpoint(name, model));
        case "sd_vae" -> options.ifName(name, vae -> requireVae(vae, offer));
        default -> others.add(name);
      }
    }
    return new Overrides(read.clipSkip, read.ensd, read.rng, read.emphasis, List.copyOf(others));
  }

  private static void requireVae(String name, Offer offer) {
    Optional<String> own =
        offer.pipeline().checkpoint().vae().map(path -> Offer.stem(path.toString()));
    boolean any = name.equals("Automatic") || own.equals(Optional.of(Offer.stem(name)));
    if (!any && !(name.equals("None") && own.isEmpty())) {
      throw new IllegalArgumentException(
          "option 'sd_vae' names '%s'; %s runs here"
              .formatted(name, own.map(vae -> "'" + vae + "' alone").orElse("the model's own")));
    }
  }

  private Overrides withClipSkip(int value) {
    if (value < 1 || value > 12) {
      throw new IllegalArgumentException(
          "option 'CLIP_stop_at_last_layers' must be from 1 to 12: " + value);
    }
    return new Overrides(OptionalInt.of(value), ensd, rng, emphasis, List.of());
  }

  private Overrides withEnsd(long value) {
    return new Overrides(clipSkip, OptionalLong.of(value), rng, emphasis, List.of());
  }

  private Overrides withRng(Optional<String> name) {
    Optional<Rng> source =
        name.map(
            text ->
                switch (text.toUpperCase(Locale.ROOT)) {
                  case "GPU", "NV" -> Rng.NV;
                  case "CPU" -> Rng.CPU;
                  default ->
                      throw new IllegalArgumentException(
                          "option 'randn_source' must be GPU, NV or CPU: '%s'".formatted(text));
                });
    return new Overrides(clipSkip, ensd, source, emphasis, List.of());
  }

  private Overrides withEmphasis(Optional<String> name) {
    return new Overrides(clipSkip, ensd, rng, name.map(Emphasis::parse), List.of());
  }

  /** These, and where they say nothing, others. */
  public Overrides over(Overrides others) {
    return new Overrides(
        clipSkip.isPresent() ? clipSkip : others.clipSkip,
        ensd.isPresent() ? ensd : others.ensd,
        rng.or(others::rng),
        emphasis.or(others::emphasis),
        passedOver);
  }

  /** Sets what is given. */
  public void applyTo(PromptSpecBuilder spec) {
    clipSkip.ifPresent(spec::clipSkip);
    rng.ifPresent(spec::rng);
    if (ensd.isPresent()) {
      SamplerOptions options = spec.build().samplerOptions();
      spec.samplerOptions(options.toBuilder().ensd(ensd.getAsLong()).build());
    }
    emphasis.ifPresent(kind -> spec.promptOptions(spec.build().promptOptions().withEmphasis(kind)));
  }
}
