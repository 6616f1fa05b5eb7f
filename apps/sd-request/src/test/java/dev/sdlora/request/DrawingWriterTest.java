package dev.sdlora.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Emphasis;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.Style;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.spi.CheckpointBuilder;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.References;
import dev.sdlora.request.json.Fields;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class DrawingWriterTest {
  private static final List<Style> STYLES =
      List.of(new Style("inked", "ink, {prompt}", ""), new Style("no text", "", "letters"));
  private static final Checkpoint REFINER =
      new CheckpointBuilder(Path.of("refiner.safetensors"), ModelFamily.SDXL_REFINER).build();

  static final RequestContext CONTEXT =
      context(List.of(), RequestLimits.DEFAULTS.withImages(16), false);

  static RequestContext context(List<Path> controlNets, RequestLimits limits, boolean paths) {
    return new RequestContext(
        pipeline(), List.of(), controlNets, STYLES, new References(Map.of()), limits, paths, false);
  }

  private static Pipeline pipeline() {
    Checkpoint checkpoint = Checkpoint.open(DemoModel.checkpoint());
    return (Pipeline)
        Proxy.newProxyInstance(
            Pipeline.class.getClassLoader(),
            new Class<?>[] {Pipeline.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("checkpoint")) {
                return checkpoint;
              }
              if (method.getName().equals("refiner")) {
                return Optional.of(REFINER);
              }
              if (method.getName().equals("detectors")) {
                return List.of();
              }
              throw new UnsupportedOperationException(method.getName());
            });
  }

  private static ObjectNode write(PromptSpec.Builder spec) {
    return new DrawingWriter(CONTEXT).fields(spec.build());
  }

  private static PromptSpec read(ObjectNode fields) {
    Fields all = Fields.of(fields);
    return new DrawingReader(CONTEXT).read(all, Dialect.LIBRARY, Overrides.NONE);
  }

  @Test
  void settingsLeftOut_areThoseThatTheCheckpointRecommends() {
    PromptSpec a1111 =
        new DrawingReader(CONTEXT).read(Fields.of(Fields.object()), Dialect.A1111, Overrides.NONE);
    assertThat(read(Fields.object()).cfgScale()).isEqualTo(4);
    assertThat(a1111.cfgScale()).isEqualTo(4);
    assertThat(a1111.steps()).isEqualTo(50);
  }

  @Property(tries = 300)
  void settingsWithFields_areReadAsWritten(@ForAll("withFields") PromptSpec spec) {
    assertThat(read(new DrawingWriter(CONTEXT).fields(spec))).isEqualTo(spec);
    assertThat(DrawingWriter.settingsWithoutField(spec)).isEmpty();
  }

  @Provide
  Arbitrary<PromptSpec> withFields() {
    return Combinators.combine(basics(), sampling(), extras(), OwnSettingsTest.own())
        .as(
            (basics, sampling, extras, own) ->
                own.apply(extras.on(sampling.on(basics.on(PromptSpec.builder())))))
        .map(PromptSpec.Builder::build);
  }

  /** Sets a part of a request. */
  private interface Part {
    PromptSpec.Builder on(PromptSpec.Builder spec);
  }

  private static Arbitrary<String> texts() {
    return Arbitraries.strings().ofMaxLength(40);
  }

  private static Arbitrary<Double> shares() {
    return Arbitraries.doubles().between(0, 1);
  }

  private static Arbitrary<Long> seeds() {
    return Arbitraries.longs().between(0, (1L << 53) - 1);
  }

  private static Arbitrary<Part> basics() {
    return Combinators.combine(
            texts(),
            texts(),
            seeds(),
            Arbitraries.integers().between(8, 120),
            Arbitraries.integers().between(8, 120),
            Arbitraries.integers().between(1, 16),
            Arbitraries.of(Sampler.class),
            Arbitraries.of(Schedule.class))
        .as(
            (prompt, negative, seed, width, height, images, sampler, schedule) ->
                spec ->
                    spec.prompt(prompt)
                        .negativePrompt(negative)
                        .seed(seed)
                        .size(width * 8, height * 8)
                        .images(images)
                        .sampler(sampler)
                        .schedule(schedule));
  }

  private static Arbitrary<Part> sampling() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 150),
            Arbitraries.doubles().between(0, 30),
            shares(),
            shares(),
            Arbitraries.longs().between(-5, 40_000),
            Arbitraries.of(Rng.class),
            Arbitraries.integers().between(1, 12),
            Arbitraries.of(Emphasis.class))
        .as(
            (steps, scale, eta, churn, ensd, rng, skip, emphasis) ->
                spec ->
                    spec.steps(steps)
                        .cfgScale(scale)
                        .imageCfgScale(1 + scale)
                        .samplerOptions(
                            SamplerOptions.builder()
                                .eta(eta)
                                .etaDdim(eta)
                                .sChurn(churn)
                                .sTmin(eta)
                                .sTmax(1.5 + churn)
                                .sNoise(1 + churn)
                                .shift(1 + churn)
                                .skipLayers(steps % 9, steps)
                                .skipLayerScale(scale)
                                .skipLayerStart(Math.min(eta, churn))
                                .skipLayerEnd(Math.max(eta, churn))
                                .skipUncondBelowSigma(eta)
                                .ensd(ensd)
                                .build())
                        .rng(rng)
                        .clipSkip(skip)
                        .promptOptions(
                            spec.build()
                                .promptOptions()
                                .withEmphasis(emphasis)
                                .withStyles(STYLES.subList(0, skip % 3))));
  }

  private static Arbitrary<Part> extras() {
    return Combinators.combine(
            shares(),
            seeds(),
            hires().optional(),
            DetailPassFieldsTest.details().optional(),
            Arbitraries.of(Tiling.class))
        .as(
            (share, seed, hires, detail, tiling) ->
                spec -> {
                  Variation variation = Variation.of(seed, Math.max(0.01, share));
                  spec.variation(tiling == Tiling.NONE ? Variation.NONE : variation).tiling(tiling);
                  if (share < 0.3) {
                    spec.variation(variation.withResizeFrom(new ImageSize(64, 96)))
                        .refinerSwitch(share);
                  }
                  hires.ifPresent(spec::hiresFix);
                  detail.ifPresent(spec::detailPass);
                  return spec;
                });
  }

  private static Arbitrary<HiresFix> hires() {
    return Combinators.combine(
            Arbitraries.doubles().between(1, 4),
            Arbitraries.of(Upscaler.builtIn()),
            shares(),
            Arbitraries.integers().between(0, 60),
            Arbitraries.of(Sampler.class).optional(),
            Arbitraries.of(Schedule.class).optional(),
            Arbitraries.strings().alpha().ofMaxLength(5))
        .as(
            (scale, upscaler, strength, steps, sampler, schedule, prompt) -> {
              HiresFix.Builder hires = HiresFix.builder().scale(scale).upscaler(upscaler);
              hires.denoisingStrength(strength).steps(steps).prompt(prompt).negativePrompt(prompt);
              if (steps % 2 == 0) {
                hires.size(new ImageSize(640, 512));
              }
              sampler.ifPresent(hires::sampler);
              schedule.ifPresent(hires::schedule);
              if (steps % 3 == 0) {
                hires.cfgScale(1 + strength).distilledGuidance(2 + strength);
              }
              return hires.build();
            });
  }

  @Test
  void settingsWithoutField_areNamed() {
    Image picture = Image.of(8, 8, new byte[192]);
    PromptSpec.Builder spec =
        PromptSpec.builder()
            .seed(1)
            .upscaling(Upscaler.LANCZOS, 2)
            .imageToImage(ImageToImage.builder(picture).denoisingStrength(0.4).build());
    assertThat(DrawingWriter.settingsWithoutField(spec.build())).containsExactly("upscaling");
    ObjectNode written = write(spec);
    assertThat(written.get("denoising_strength").asDouble()).isEqualTo(0.4);
    assertThat(read(written)).isEqualTo(spec.noUpscaling().noImageToImage().build());
  }

  @Test
  void whatThisServerDoesNotHave_isRefusedInItsSentence() {
    HiresFix hires = HiresFix.builder().upscaler(Upscaler.named("4x-Foo")).build();
    ObjectNode written = write(PromptSpec.builder().seed(1).hiresFix(hires));
    assertThat(written.get("hr_upscaler").asText()).isEqualTo("4x-Foo");
    assertThatThrownBy(() -> read(written)).hasMessageContaining("no upscaler '4x-Foo'");
  }

  @Test
  void seedLeftOpen_isDrawnAnew() {
    ObjectNode written = write(PromptSpec.builder());
    assertThat(written.get("seed").asLong()).isEqualTo(-1);
    assertThat(written.has("width")).isFalse();
  }
}
