package dev.sdlora.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Starts the packaged application as a user does, in an empty folder. */
final class LauncherIT {
  private static final Path APP = Path.of("target/app").toAbsolutePath();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, String> environment = new HashMap<>();

  @TempDir Path folder;

  /** Detects added, removed or updated libraries. */
  @Test
  void lib_libraries_areThoseOfTheRecord() throws Exception {
    Path record = Path.of(LauncherIT.class.getResource("libraries.txt").toURI());
    try (Stream<Path> jars = Files.list(APP.resolve("lib"))) {
      assertThat(jars.map(jar -> jar.getFileName().toString().replaceFirst("-\\d.*", "")))
          .filteredOn(name -> !name.startsWith("sd-"))
          .containsExactlyInAnyOrderElementsOf(Files.readAllLines(record));
    }
  }

  @Test
  void generate_sameSeedTwice_sameBytes() throws Exception {
    JsonNode report =
        JSON.readTree(
            sd(
                0,
                "generate",
                "--prompt",
                "tigre d'été <lora:ink_lines:0.8>",
                "--size",
                "136x128",
                "--steps",
                "2",
                "--seed",
                "7",
                "--images",
                "2",
                "--json"));
    BufferedImage picture = ImageIO.read(folder.resolve("out-1.png").toFile());
    assertThat(picture.getWidth()).isEqualTo(136);
    assertThat(picture.getHeight()).isEqualTo(128);
    assertThat(report.get("files").toString()).isEqualTo("[\"out-1.png\",\"out-2.png\"]");
    assertThat(report.get("seeds").toString()).isEqualTo("[7,8]");
    assertThat(report.at("/parameters/0").asText()).contains("tigre d'été", "Size: 136x128");
    assertThat(report.at("/loras/0/matched").asInt()).isPositive();
    assertThat(report.get("precision").asText()).isIn("float32", "bfloat16");
    assertThat(report.has("liveNativeArrays")).isFalse();

    String saved = sd(0, "generate", "--from-png", "out-2.png", "--out", "again.png");
    assertThat(saved).isEqualTo("again.png\n");
    assertThat(folder.resolve("again.png")).hasSameBinaryContentAs(folder.resolve("out-2.png"));

    JsonNode info = JSON.readTree(sd(0, "info", "--json", "again.png"));
    assertThat(info.get("kind").asText()).isEqualTo("image");
    assertThat(info.get("size").asText()).isEqualTo("136x128");
    assertThat(info.get("parameters")).isEqualTo(report.at("/parameters/1"));
  }

  @Test
  void picturesFromPictures_andGrids_areWritten() throws Exception {
    List<String> usual = List.of("--prompt", "a red star", "--steps", "2", "--seed", "7");
    sd(0, with(usual, "generate", "--size", "128x96", "--out", "a.png"));
    sd(0, with(usual, "generate", "--init", "a.png", "--strength", "0.5", "--out", "b.png"));
    assertThat(ImageIO.read(folder.resolve("b.png").toFile()).getHeight()).isEqualTo(96);
    sd(0, with(usual, "generate", "--init", "a.png", "--outpaint", "0,32,0,0", "--out", "c.png"));
    assertThat(ImageIO.read(folder.resolve("c.png").toFile()).getWidth()).isEqualTo(160);
    // An image may be its own mask: its bright areas are painted.
    sd(
        0,
        with(
            usual,
            "generate",
            "--init",
            "a.png",
            "--mask",
            "a.png",
            "--only-masked",
            "--size",
            "64x64",
            "--out",
            "d.png"));
    assertThat(ImageIO.read(folder.resolve("d.png").toFile()).getWidth()).isEqualTo(128);
    sd(0, with(usual, "generate", "--size", "64x64", "--hires", "1.5", "--out", "e.png"));
    assertThat(ImageIO.read(folder.resolve("e.png").toFile()).getWidth()).isEqualTo(96);
    JsonNode grid =
        JSON.readTree(
            sd(
                0,
                with(
                    usual,
                    "grid",
                    "--size",
                    "64x64",
                    "--x",
                    "lora:night=0-1 [2]",
                    "--y",
                    "sampler=Euler,DDIM",
                    "--negative",
                    "qwyjibo",
                    "--json")));
    assertThat(grid.get("pictures").asInt()).isEqualTo(4);
    assertThat(ImageIO.read(folder.resolve("grid.png").toFile()).getWidth())
        .isEqualTo(grid.get("width").asInt());
    assertThat(Files.readString(folder.resolve("err")).split("'qwyjibo'", -1))
        .as("the warning, once for all images")
        .hasSize(2);
  }

  private static String[] with(List<String> usual, String command, String... more) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(usual);
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  void throughASymbolicLink_loraListAndVersion() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("linked"), APP.resolve("bin/sd"));
    String list = run(0, link, "lora", "list", APP.resolve("models/loras").toString());
    assertThat(list).contains("ink_lines", "SD 1.x");
    assertThat(run(0, link, "--version")).matches("sd \\d+\\.\\d+.*\n");
  }

  @Test
  void loraEffect_ofTheBundledModel_namesItsBlocks() throws Exception {
    String loras = APP.resolve("models/loras").toString();
    JsonNode effect =
        JSON.readTree(sd(0, "lora", "effect", "ink_lines", "--lora-dir", loras, "--json"));
    assertThat(effect.get("changesAnything").asBoolean()).isTrue();
    assertThat(effect.get("matched").asInt()).isPositive();
    assertThat(effect.at("/networks/U-Net/share").asDouble()).isBetween(0.001, 1.0);
    assertThat(sd(0, "lora", "effect", "ink_lines", "--lora-dir", loras)).contains("MID", "SHARE");
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void generate_onEachJdk_drawsWithoutWarnings(Path jdk) throws Exception {
    environment.put("JAVA_HOME", jdk.toString());
    sd(0, "generate", "--prompt", "a red star", "--size", "64x64", "--steps", "2");
    assertThat(ImageIO.read(folder.resolve("out.png").toFile()).getWidth()).isEqualTo(64);
    assertThat(Files.readString(folder.resolve("err"))).doesNotContain("WARN");
  }

  /** Returns the JDK that runs the tests, and those from 17 on installed by Linux distributions. */
  static Stream<Path> jdks() throws IOException {
    Path running = Path.of(System.getProperty("java.home")).toRealPath();
    Path installed = Path.of("/usr/lib/jvm");
    List<Path> jdks = new ArrayList<>(List.of(running));
    if (Files.isDirectory(installed)) {
      try (Stream<Path> folders = Files.list(installed)) {
        for (Path folder : folders.toList()) {
          if (Files.isExecutable(folder.resolve("bin/java")) && release(folder) >= 17) {
            jdks.add(folder.toRealPath());
          }
        }
      }
    }
    return jdks.stream().distinct();
  }

  private static int release(Path jdk) throws IOException {
    Path file = jdk.resolve("release");
    Matcher version =
        Pattern.compile("JAVA_VERSION=\"(\\d+)")
            .matcher(Files.exists(file) ? Files.readString(file) : "");
    return version.find() ? Integer.parseInt(version.group(1)) : 0;
  }

  @Test
  void failures_areOneSentence() throws Exception {
    Files.writeString(folder.resolve("page.safetensors"), "<!DOCTYPE html><html></html>");
    sd(1, "generate", "--prompt", "x", "--checkpoint", "page.safetensors");
    assertThat(Files.readString(folder.resolve("err")))
        .hasLineCount(1)
        .contains("page.safetensors");
    sd(1, "generate", "--prompt", "x <lora:ink_line:1>");
    assertThat(Files.readString(folder.resolve("err"))).hasLineCount(1).contains("ink_lines");
    assertThat(folder.resolve("out.png")).doesNotExist();
  }

  private String sd(int exitCode, String... arguments) throws Exception {
    return run(exitCode, APP.resolve("bin/sd"), arguments);
  }

  private String run(int exitCode, Path launcher, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    int actual = process.waitFor();
    assertThat(actual).as(Files.readString(err, UTF_8)).isEqualTo(exitCode);
    return Files.readString(out, UTF_8);
  }
}
