package dev.sdlora.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.References;
import dev.sdlora.request.json.Fields;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Detail passes in the field {@code detailPasses}. */
class DetailPassFieldsTest {
  private static Fields fields(String json) {
    return Fields.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static PromptSpec read(Fields fields) {
    return new DrawingReader(DrawingWriterTest.CONTEXT)
        .read(fields, Dialect.LIBRARY, Overrides.NONE);
  }

  private static List<DetailPass> passes(String json) {
    Fields fields = fields("{'detailPasses': " + json + "}");
    List<DetailPass> read = read(fields).detailPasses();
    assertThat(fields.warnings()).isEmpty();
    return read;
  }

  @Test
  void passes_areReadInOrder_withTheDefaultsOfTheLibrary() {
    assertThat(passes("[{'detector': 'face'}, {'detector': 'hand', 'prompt': 'a hand'}]"))
        .containsExactly(
            DetailPass.builder("face").build(),
            DetailPass.builder("hand").prompt("a hand").build());
    assertThat(passes("[]")).isEmpty();
  }

  @Test
  void settings_areNamedAsInJava() {
    assertThat(
            passes(
                "[{'detector': 'face', 'labels': ['face', 'eye'], 'prompt': 'a <lora:ink:0.5>',"
                    + " 'negativePrompt': 'b', 'confidence': 0.5, 'most': 2, 'mostConfident':"
                    + " true, 'leastShare': 0.1, 'mostShare': 0.9, 'order': 'left to right',"
                    + " 'sameSeed': true, 'growth': -8, 'offsetX': 3, 'offsetY': -4, 'merged': true, 'inverted':"
                    + " true, 'maskBlur': 12, 'denoisingStrength': 0.6, 'wholeImage': true,"
                    + " 'padding': 64, 'width': 768, 'height': 512, 'steps': 30, 'cfgScale': 5.5,"
                    + " 'sampler': 'Euler a', 'schedule': 'Karras', 'noiseMultiplier': 0.9,"
                    + " 'clipSkip': 2}]".replace("left to right", "Position (left to right)")))
        .containsExactly(
            DetailPass.builder("face")
                .labels(List.of("face", "eye"))
                .prompt("a <lora:ink:0.5>")
                .negativePrompt("b")
                .confidence(0.5)
                .most(2)
                .mostConfident(true)
                .share(0.1, 0.9)
                .order(DetailPass.Order.LEFT_TO_RIGHT)
                .sameSeed(true)
                .growth(-8)
                .offset(3, -4)
                .merged(true)
                .inverted(true)
                .maskBlur(12)
                .denoisingStrength(0.6)
                .wholeImage(true)
                .padding(64)
                .size(new ImageSize(768, 512))
                .steps(30)
                .cfgScale(5.5)
                .sampler(Sampler.EULER_A)
                .schedule(Schedule.KARRAS)
                .noiseMultiplier(0.9)
                .clipSkip(2)
                .build());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {'prompt': 'x'}                              | each of 'detailPasses' must have a field 'detector'
          {'detector': 'face', 'confidence': 2}        | field 'confidence' must be from 0 to 1: 2
          {'detector': 'face', 'leastShare': -1}       | field 'leastShare' must be from 0 to 1: -1
          {'detector': 'face', 'leastShare': 0.5, 'mostShare': 0.2} | field 'mostShare' must be from 0.5 to 1: 0.2
          {'detector': 'face', 'order': 'size'}        | order 'size' is unknown
          {'detector': 'face', 'width': 512}           | field 'height' must be a positive multiple of 8: 0
          {'detector': 'face', 'width': 100, 'height': 64} | field 'width' must be a positive multiple of 8: 100
          {'detector': 'face', 'steps': 0}             | field 'steps' must be from 1 to 1000: 0
          {'detector': 'face', 'sampler': 'Oiler'}     | Oiler
          {'detector': 'face', 'labels': 'face'}       | field 'labels' must be a list
          7                                            | field 'detailPasses' must be a list of objects
          """)
  void settings_thatAreWrong_areNamed(String pass, String sentence) {
    assertThatThrownBy(() -> passes("[" + pass + "]"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void settings_thatAreUnknown_areWarnedAboutWithTheClosestName() {
    Fields fields = fields("{'detailPasses': [{'detector': 'face', 'negative_prompt': 'x'}]}");
    assertThat(read(fields).detailPasses()).hasSize(1);
    assertThat(fields.warnings())
        .containsExactly(
            "unknown field of a detail pass 'negative_prompt'; did you mean 'negativePrompt'?");
  }

  @Test
  void passes_replaceThoseOfARecordedImage() {
    String recorded = "'infotext': 'x\\nSteps: 4, ADetailer model: hand'";
    String field = "{" + recorded + ", 'detailPasses': [{'detector': 'face'}]}";
    assertThat(read(fields(field)).detailPasses())
        .containsExactly(DetailPass.builder("face").build());
    assertThat(read(fields("{" + recorded + ", 'detailPasses': []}")).detailPasses()).isEmpty();
    String script = "{" + recorded + ", 'alwayson_scripts': {'ADetailer': {'args': [false]}}}";
    assertThat(read(fields(script)).detailPasses()).isEmpty();
  }

  @Test
  void passes_tooMany_areRefused() {
    ObjectNode request = Fields.object();
    ArrayNode passes = request.putArray("detailPasses");
    for (int i = 0; i < 10_000; i++) {
      passes.addObject();
    }
    assertThatThrownBy(() -> read(Fields.of(request)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("field 'detailPasses' has 10000 detail passes; the limit is 10");
  }

  @Test
  void passes_tooLarge_areRefused() {
    RequestContext context =
        new RequestContext(
            DrawingWriterTest.CONTEXT.pipeline(),
            List.of(),
            List.of(),
            List.of(),
            new References(Map.of()),
            RequestLimits.DEFAULTS.withPixels(1 << 20),
            false,
            false);
    Fields fields =
        fields("{'detailPasses': [{'detector': 'face', 'width': 2048, 'height': 1024}]}");
    assertThatThrownBy(
            () -> new DrawingReader(context).read(fields, Dialect.LIBRARY, Overrides.NONE))
        .isInstanceOf(ResourceException.class)
        .hasMessage("'detailPasses' has 2048x1024 pixels; the limit is 1048576");
  }

  @Property(tries = 300)
  void passes_writtenAndRead_areEqual(@ForAll("passes") List<DetailPass> passes) {
    PromptSpec.Builder spec = PromptSpec.builder().seed(1);
    passes.forEach(spec::detailPass);
    Fields fields = Fields.of(new DrawingWriter(DrawingWriterTest.CONTEXT).fields(spec.build()));
    assertThat(read(fields).detailPasses()).isEqualTo(passes);
    assertThat(fields.warnings()).isEmpty();
  }

  @Provide
  Arbitrary<List<DetailPass>> passes() {
    return details().list().ofMaxSize(3);
  }

  /** Returns passes with some settings each. */
  static Arbitrary<DetailPass> details() {
    Arbitrary<Double> shares = Arbitraries.doubles().between(0, 1);
    Arbitrary<String> texts = Arbitraries.strings().ofMaxLength(20);
    Arbitrary<DetailPass.Builder> finds =
        Combinators.combine(
                Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(8),
                Arbitraries.strings().alpha().ofMaxLength(5).list().ofMaxSize(2),
                texts,
                texts,
                shares,
                shares,
                Arbitraries.integers().between(0, 9),
                Arbitraries.of(DetailPass.Order.class))
            .as(
                (detector, labels, prompt, negative, confidence, share, most, order) ->
                    DetailPass.builder(detector)
                        .labels(labels)
                        .prompt(prompt)
                        .negativePrompt(negative)
                        .confidence(confidence)
                        .share(Math.min(share, confidence), Math.max(share, confidence))
                        .most(most)
                        .mostConfident(most % 2 == 1)
                        .order(order)
                        .sameSeed(most % 3 == 1));
    Arbitrary<DetailPass.Builder> masks =
        Combinators.combine(
                finds,
                Arbitraries.integers().between(-256, 256),
                Arbitraries.integers(),
                Arbitraries.integers().between(0, 64),
                shares,
                Arbitraries.integers().between(0, 256),
                Arbitraries.integers().between(0, 7))
            .as(
                (pass, growth, offset, blur, strength, padding, flags) ->
                    pass.growth(growth)
                        .offset(offset, growth)
                        .maskBlur(blur)
                        .denoisingStrength(strength)
                        .padding(padding)
                        .merged((flags & 1) > 0)
                        .inverted((flags & 2) > 0)
                        .wholeImage((flags & 4) > 0));
    return Combinators.combine(
            masks,
            Arbitraries.integers().between(1, 120).optional(),
            Arbitraries.integers().between(1, 1000).optional(),
            Arbitraries.doubles().between(0, 1.5).optional(),
            Arbitraries.integers().between(1, 12).optional(),
            Arbitraries.of(Sampler.class).optional(),
            Arbitraries.of(Schedule.class).optional())
        .as(
            (pass, side, steps, scale, layer, sampler, schedule) -> {
              side.ifPresent(eighth -> pass.size(new ImageSize(8 * eighth, 960)));
              steps.ifPresent(pass::steps);
              scale.ifPresent(value -> pass.cfgScale(value).noiseMultiplier(value));
              layer.ifPresent(pass::clipSkip);
              sampler.ifPresent(pass::sampler);
              schedule.ifPresent(pass::schedule);
              return pass.build();
            });
  }
}
