package dev.sdlora.prompt.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.prompt.Span;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExtraNetworksTest {

  @ParameterizedTest
  @MethodSource("dev.sdlora.prompt.Goldens#a1111")
  void cut_goldenPrompt_agreesWithA1111(JsonNode golden) {
    ExtraNetworks cut = ExtraNetworks.cut(golden.get("prompt").textValue());

    assertThat(cut.text()).isEqualTo(golden.get("text").textValue());
    assertThat(byKind(cut.networks())).isEqualTo(golden.get("networks"));
  }

  @Test
  void cut_tags_keepsOrderAndOffsets() {
    ExtraNetworks cut = ExtraNetworks.cut("a <lora:b:1:te=2:c=d=e> <foo:> f<bar:g\nh>");

    assertThat(cut.text()).isEqualTo("a  <foo:> f");
    assertThat(cut.networks())
        .containsExactly(
            new ExtraNetwork("lora", List.of("b", "1", "c=d=e"), Map.of("te", "2"), 2),
            new ExtraNetwork("bar", List.of("g\nh"), Map.of(), 32));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"<>", "<:a>", "<lora:>", "<lora>", "< lora:a>", "<lora :a>", "<lora:a", ">"})
  void cut_almostATag_staysText(String prompt) {
    assertThat(ExtraNetworks.cut(prompt))
        .isEqualTo(new ExtraNetworks(prompt, List.of(), List.of()));
  }

  @Test
  void cut_comments_endWithTheirLines() {
    ExtraNetworks cut = ExtraNetworks.cut("a # b\n<lora:c#:1>\n#<lora:d>\n<lora:e>#");

    assertThat(cut.text()).isEqualTo("a \n<lora:c\n\n");
    assertThat(cut.networks()).extracting(ExtraNetwork::offset).containsExactly(28);
    assertThat(cut.cuts())
        .containsExactly(
            new Span(2, 5), new Span(13, 17), new Span(18, 27), new Span(28, 36), new Span(36, 37));
    assertThat(ExtraNetworks.cutComments("<lora:a># b").text()).isEqualTo("<lora:a>");
  }

  @Test
  void cut_openerInsideTag_belongsToTheArguments() {
    assertThat(ExtraNetworks.cut("<<a:<lora:b>>").networks())
        .containsExactly(new ExtraNetwork("a", List.of("<lora", "b"), Map.of(), 1));
  }

  @Property
  void cut_tagInAnyPrompt_isTakenOut(@ForAll String before, @ForAll String after) {
    String cut = ExtraNetworks.cut(before + "<lora:a>" + after).text();

    assertThat(cut.length()).isLessThanOrEqualTo(before.length() + after.length());
  }

  @ParameterizedTest
  @ValueSource(strings = {"<a:", "<a", "<", "<a:>", "<lora:a>", "#<a:\n"})
  @Timeout(600)
  void cut_longPrompt_finishes(String part) {
    String prompt = part.repeat(1_000_000 / part.length());

    assertThat(ExtraNetworks.cut(prompt).text().length()).isLessThanOrEqualTo(prompt.length());
    assertThat(ExtraNetworks.cut(prompt + "#>").text().length())
        .isLessThanOrEqualTo(prompt.length());
  }

  private static ObjectNode byKind(List<ExtraNetwork> networks) {
    ObjectNode kinds = JsonNodeFactory.instance.objectNode();
    for (ExtraNetwork network : networks) {
      ObjectNode tag = kinds.withArray(network.kind()).addObject();
      network.positional().forEach(tag.putArray("positional")::add);
      network.named().forEach(tag.putObject("named")::put);
    }
    return kinds;
  }
}
