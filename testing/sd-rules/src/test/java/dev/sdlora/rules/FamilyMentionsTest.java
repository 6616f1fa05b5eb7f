package dev.sdlora.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.value.Labels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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

  private static final Path FAMILIES =
      ROOT.resolve("sd-families/src/main/java/dev/sdlora/families");

  private static final Pattern MENTION = mention();

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

  private static Pattern mention() {
    String names =
        Stream.of(ModelFamily.values())
            .filter(family -> family != ModelFamily.UNKNOWN)
            .map(ModelFamily::name)
            .collect(Collectors.joining("|", "(?:", ")"));
    return Pattern.compile("\\bModelFamily\\." + names + "\\b|\\bcase " + names + "\\b");
  }

  /** The packages of single families of transformers: those with a definition. */
  private static List<Path> packages() throws IOException {
    try (Stream<Path> files = Files.walk(FAMILIES, 2)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> read(file).contains(" implements FlowDefinition"))
          .map(Path::getParent)
          .toList();
    }
  }

  /** The packages of the families, and those that list them. */
  private static boolean isOwn(Path file, List<Path> packages) {
    Path folder = Objects.requireNonNull(file.getParent());
    return packages.contains(folder)
        || folder.equals(FAMILIES)
        || folder.equals(FAMILIES.resolve("sd"))
        || folder.endsWith("dev/sdlora/lora/family")
        || file.endsWith("api/model/ModelFamily.java");
  }

  private static Map<Path, Long> mentions(Pattern pattern) throws IOException {
    Map<Path, Long> found = new TreeMap<>();
    List<Path> own = packages();
    for (String module : LIBRARY) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module))) {
        files
            .filter(file -> file.toString().contains("/src/main/java/"))
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !isOwn(file, own))
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
    List<String> types = new ArrayList<>();
    for (Path folder : packages()) {
      try (Stream<Path> files = Files.list(folder)) {
        files
            .map(file -> file.getFileName().toString().replace(".java", ""))
            .filter(name -> !name.equals("package-info"))
            .forEach(types::add);
      }
    }
    assertThat(types).contains("Flux1", "Flux1Config");
    Pattern instance =
        Pattern.compile("\\binstanceof (?:" + String.join("|", types) + ")\\b(?!\\.)");
    assertThat(mentions(instance)).isEmpty();
  }

  @Test
  void help_listsAllFamilies() throws IOException {
    String all = Labels.list(ModelFamily.supported(), ModelFamily::label, "or");
    Path options = Path.of("apps/sd-cli/src/main/java/dev/sdlora/cli/model/ModelOptions.java");
    assertThat(read(ROOT.resolve(options)).replaceAll("\"\\s*\\+ \"", ""))
        .contains("\"Checkpoint of " + all + ":");
  }
}
