package dev.sdlora.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.value.Labels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What families of models differ in is in the packages of the families. Elsewhere, mentions of
 * single families are counted; when they become fewer, lower the numbers.
 */
class FamilyMentionsTest {
  private static final Path ROOT = Path.of("../..");

  private static final int MOST = 1;
  private static final int MOST_FILES = 1;

  private static final String FAMILIES =
      "(?:SD1|SD2|SDXL|SDXL_REFINER|FLUX1|FLUX2|Z_IMAGE|CHROMA|SD3)";

  /** Types of single families of transformers. */
  private static final String TYPES =
      "(?:Flux1|Flux2|ZImage|Chroma|Sd3)(?:Config|Flow|Transformer)?";

  private static final Pattern MENTION =
      Pattern.compile("\\bModelFamily\\." + FAMILIES + "\\b|\\bcase " + FAMILIES + "\\b");

  private static final Pattern INSTANCE = Pattern.compile("\\binstanceof " + TYPES + "\\b(?!\\.)");

  private static final List<String> LIBRARY =
      List.of(
          "sd-api",
          "sd-prompt",
          "sd-sampler",
          "sd-tensors",
          "sd-lora",
          "sd-infotext",
          "sd-families",
          "sd-pipeline",
          "sd-training",
          "sd-models",
          "apps",
          "integrations");

  /** The packages of the families and the lists of them. */
  private static final Pattern OWN =
      Pattern.compile(
          ".*/dev/sdlora/(?:lora/family|families|families/(?:sd|flux1|flux2|zimage|chroma|sd3))"
              + "/[^/]*|.*/api/model/ModelFamily.java");

  private static Map<Path, Long> mentions(Pattern pattern) throws IOException {
    Map<Path, Long> found = new TreeMap<>();
    for (String module : LIBRARY) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module))) {
        files
            .filter(file -> file.toString().contains("/src/main/java/"))
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !OWN.matcher(file.toString()).matches())
            .forEach(
                file -> {
                  long count = pattern.matcher(read(file)).results().count();
                  if (count > 0) {
                    found.put(file, count);
                  }
                });
      }
    }
    return found;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void mentions_outsideOfTheFamiliesPackages_becomeFewer() throws IOException {
    Map<Path, Long> found = mentions(MENTION);
    long all = found.values().stream().mapToLong(count -> count).sum();
    assertThat(all).as("mentions in %s", found).isBetween(1L, (long) MOST);
    assertThat(found).hasSizeLessThanOrEqualTo(MOST_FILES);
  }

  @Test
  void types_ofSingleFamilies_areNotToldApartElsewhere() throws IOException {
    assertThat(mentions(INSTANCE)).isEmpty();
  }

  @Test
  void help_listsAllFamilies() throws IOException {
    String all = Labels.list(ModelFamily.supported(), ModelFamily::label, "or");
    Path options = Path.of("apps/sd-cli/src/main/java/dev/sdlora/cli/model/ModelOptions.java");
    assertThat(read(ROOT.resolve(options)).replaceAll("\"\\s*\\+ \"", ""))
        .contains("\"Checkpoint of " + all + ":");
  }
}
