package dev.sdlora.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The catalog of jbang and its one-file example, as far as they can be seen without jbang. */
final class JbangIT {
  private static final Path ROOT = Path.of("../..");
  private static final Pattern DEPENDENCY = Pattern.compile("(?m)^//DEPS (\\S+)$");

  private static JsonNode aliases() throws IOException {
    return new ObjectMapper().readTree(ROOT.resolve("jbang-catalog.json").toFile()).get("aliases");
  }

  /** The version of the whole, or of a library, by its property. */
  private static String version(String element) throws IOException {
    Matcher found =
        Pattern.compile("<" + Pattern.quote(element) + ">(.*?)<")
            .matcher(Files.readString(ROOT.resolve("pom.xml")));
    assertThat(found.find()).as(element).isTrue();
    return found.group(1);
  }

  @Test
  void sd_isThePublishedCommandLine() throws IOException {
    JsonNode sd = aliases().get("sd");
    assertThat(sd.get("script-ref").asText()).isEqualTo("dev.sdlora:sd-cli:" + version("version"));
    String main = sd.get("main").asText();
    assertThat(ROOT.resolve("apps/sd-cli/src/main/java").resolve(main.replace('.', '/') + ".java"))
        .content()
        .contains("public static void main(String[] args)");
    assertThat(ROOT.resolve("sd-bom/pom.xml")).content().contains("<artifactId>sd-cli<");
  }

  @Test
  void example_needsWhatThisBuildHas() throws IOException {
    String source =
        Files.readString(ROOT.resolve(aliases().get("draw").get("script-ref").asText()));
    List<String> lines = DEPENDENCY.matcher(source).results().map(line -> line.group(1)).toList();
    String own = version("version");
    assertThat(lines)
        .containsExactly(
            "dev.sdlora:sd-pipeline:" + own,
            "dev.sdlora:sd-demo-model:" + own,
            "ai.djl.pytorch:pytorch-native-cpu:" + version("libtorch.version") + ":linux-x86_64",
            "org.slf4j:slf4j-simple:" + version("slf4j.version"));
  }

  @Test
  void example_runAsOneFile_draws(@TempDir Path folder) throws Exception {
    Path picture = folder.resolve("heart.png");
    Path said = folder.resolve("said.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ROOT.resolve(aliases().get("draw").get("script-ref").asText()).toString(),
                "a green heart <lora:night:1>",
                picture.toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(said)).isZero();
    assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(128);
    assertThat(said).content().contains(picture.toString());
  }
}
