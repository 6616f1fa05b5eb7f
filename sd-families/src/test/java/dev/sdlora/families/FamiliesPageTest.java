package dev.sdlora.families;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.transformer.TransformerFamily;
import dev.sdlora.families.checkpoint.transformer.TransformerFamily.Usual;
import dev.sdlora.families.family.FlowDefinition;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.families.sd.SdVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests that pages list the families that there are. */
class FamiliesPageTest {
  private static final Path ROOT = Path.of("..");
  private static final Path PAGE = ROOT.resolve("docs/families.md");
  private static final String TITLE = "## Parts of each family\n";

  private static String section() {
    return TITLE
        + """

        Each family whose models draw on their own. Parts that a transformer's file lacks are looked for under these names, next to it and in \
        ComfyUI's folders. `FamiliesPageTest` writes this table: `mvn test -pl :sd-families -am \
        -Dtest=FamiliesPageTest -Dsurefire.failIfNoSpecifiedTests=false -Dapi.update=true`. \
        Licences are those of the published models; models derived from them may have others.

        | family | models | licence | text encoders | VAE | brackets in prompts | values of block weights |
        |---|---|---|---|---|---|---|
        """
        + Stream.concat(
                Arrays.stream(SdVersion.values())
                    .filter(version -> ModelFamily.supported().contains(version.family()))
                    .map(FamiliesPageTest::row),
                Families.ALL.stream().map(FamiliesPageTest::row))
            .collect(Collectors.joining())
        + "\n";
  }

  private static String row(SdVersion version) {
    ModelFamily family = version.family();
    return row(
        family,
        Stream.of(Prediction.EPSILON, Prediction.V_PREDICTION)
            .map(version::side)
            .distinct()
            .map(side -> side + "²")
            .collect(Collectors.joining(" or ", "trained on ", "")),
        version.licence(),
        version.encoders().size() + " in the file",
        "in the file");
  }

  private static String row(FlowDefinition definition) {
    return row(
        definition.family(),
        definition.models().stream()
            .map(TransformerFamily.Model::name)
            .collect(Collectors.joining(", ")),
        licences(definition),
        definition.textEncoders().stream()
            .map(kind -> file(definition.textEncoder(kind)))
            .collect(Collectors.joining("; ")),
        file(definition.vae()));
  }

  /** Returns the licences; if there are several, each with the models that have it. */
  private static String licences(FlowDefinition definition) {
    Map<String, List<String>> models =
        definition.models().stream()
            .collect(
                Collectors.groupingBy(
                    TransformerFamily.Model::licence,
                    LinkedHashMap::new,
                    Collectors.mapping(TransformerFamily.Model::name, Collectors.toList())));
    return models.size() == 1
        ? models.keySet().iterator().next()
        : models.entrySet().stream()
            .map(entry -> entry.getKey() + " for " + String.join(", ", entry.getValue()))
            .collect(Collectors.joining("; "));
  }

  private static String row(
      ModelFamily family, String models, String licence, String encoders, String vae) {
    return "| %s | %s | %s | %s | %s | %s | %s |\n"
        .formatted(
            family.label(),
            models,
            licence,
            encoders,
            vae,
            family.readsPlainText() ? "text" : "emphasis",
            BlockWeights.sizes(family));
  }

  private static String file(Usual usual) {
    return "`%s` of %s".formatted(usual.file(), usual.repository());
  }

  @Test
  void page_listsPartsOfFamilies() throws IOException {
    String page = Files.readString(PAGE);
    int start = page.indexOf(TITLE);
    assertThat(start).isPositive();
    int end = page.indexOf("## ", start + TITLE.length());
    if (Boolean.getBoolean("api.update")) {
      Files.writeString(PAGE, page.substring(0, start) + section() + page.substring(end));
    } else {
      assertThat(page.substring(start, end)).isEqualTo(section());
    }
  }

  @Test
  void families_areThoseOfTheirNames() {
    assertThat(Families.ALL.stream().map(FlowDefinition::family))
        .isEqualTo(Arrays.stream(ModelFamily.values()).filter(ModelFamily::isTransformer).toList());
    assertThat(Families.ALL)
        .allSatisfy(
            definition ->
                assertThat(definition.template().isPresent())
                    .isEqualTo(definition.family().readsPlainText()));
  }

  @Test
  void readme_namesAllFamiliesInItsFirstLine() throws IOException {
    String line = Files.readAllLines(ROOT.resolve("README.md")).get(2);
    List<String> names =
        ModelFamily.supported().stream()
            .map(ModelFamily::label)
            .map(label -> label.replaceAll("SD .\\.x", "Stable Diffusion 1 to 3"))
            .toList();
    assertThat(line).contains(names);
  }
}
