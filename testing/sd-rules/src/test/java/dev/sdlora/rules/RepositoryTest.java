package dev.sdlora.rules;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits that keep the repository easy to enter. */
class RepositoryTest {
  private static final Path ROOT = Path.of("../..");

  /** Names that begin with a dot and that tools require. */
  private static final Set<String> HIDDEN =
      Set.of(".ci", ".dockerignore", ".editorconfig", ".git", ".github", ".gitignore", ".mvn");

  /** The files of more than 1 MB, each with the reason why it has to be here. */
  private static final Map<String, String> LARGE =
      Map.ofEntries(
          entry("demo-sd1.safetensors", "the bundled checkpoint"),
          entry("detail_slider.safetensors", "a bundled LoRA"),
          entry("fluent_3d.safetensors", "a bundled LoRA"),
          entry("ink_lines.safetensors", "a bundled LoRA"),
          entry("night.safetensors", "a bundled LoRA"),
          entry("noto.safetensors", "a bundled LoRA"),
          entry("size_slider.safetensors", "a bundled LoRA"),
          entry("zorp.safetensors", "a bundled LoRA"),
          entry("contact-sheet.png", "images of the bundled model, in the docs"),
          entry("demo-model.png", "evidence of what the bundled model learned"),
          entry("diffusion_pytorch_model.safetensors", "a folder of diffusers: U-Net and VAE"),
          entry("tiny-control-sd1.safetensors", "a ControlNet of the goldens"),
          entry("tiny-control-sdxl.safetensors", "a ControlNet of the goldens"),
          entry("tiny-union-sdxl.safetensors", "a ControlNet Union of the goldens"),
          entry("taesd_decoder.safetensors", "a TAESD of the published sizes"),
          entry("tiny-sd1.safetensors", "the SD 1 checkpoint of the goldens"),
          entry("tiny-sd2-v.safetensors", "the SD 2 checkpoint of the goldens"),
          entry("tiny-sdxl.safetensors", "the SDXL checkpoint of the goldens"),
          entry("tiny-sdxl-refiner.safetensors", "the refiner of the goldens"),
          entry("z_image_turbo_bf16.safetensors", "the Z-Image transformer of the goldens"),
          entry("ae.safetensors", "the VAE of Z-Image's goldens"),
          entry("flux2-vae.safetensors", "the VAE of FLUX.2's goldens"),
          entry("vae.safetensors", "the VAE of 16 channels of the goldens"));

  @Test
  void folders_atTheTop_areFew() throws IOException {
    try (Stream<Path> files = Files.list(ROOT)) {
      List<String> folders =
          files
              .filter(Files::isDirectory)
              .map(folder -> String.valueOf(folder.getFileName()))
              .filter(name -> !name.startsWith(".") && !name.equals("target"))
              .toList();
      assertThat(folders).hasSizeLessThanOrEqualTo(18);
    }
  }

  @Test
  void names_beginWithADot_onlyWhereToolsRequireIt() throws IOException {
    List<String> hidden = new ArrayList<>();
    visit((path, attributes) -> hidden.add(String.valueOf(path.getFileName())));
    hidden.removeIf(name -> !name.startsWith("."));
    assertThat(hidden).doesNotHaveDuplicates().hasSizeGreaterThan(4).isSubsetOf(HIDDEN);
  }

  @Test
  void files_areSources_notArchivesOrEmpty() throws IOException {
    List<Path> wrong = new ArrayList<>();
    visit(
        (path, attributes) -> {
          String name = String.valueOf(path.getFileName());
          if (attributes.isRegularFile()
              && (name.matches(".*\\.(jar|war|class|log)")
                  || (name.matches(".*\\.(java|kt|py|js|sh|xml)") && attributes.size() < 3))) {
            wrong.add(path);
          }
        });
    assertThat(wrong).isEmpty();
  }

  @Test
  void files_ofMoreThanAMegabyte_haveAReason() throws IOException {
    Set<String> large = new TreeSet<>();
    visit(
        (path, attributes) -> {
          if (attributes.isRegularFile() && attributes.size() > 1_000_000) {
            large.add(String.valueOf(path.getFileName()));
          }
        });
    assertThat(large).isEqualTo(new TreeSet<>(LARGE.keySet()));
  }

  /** Calls a consumer with all files and folders, except those that git ignores and its own. */
  private static void visit(BiConsumer<Path, BasicFileAttributes> consumer) throws IOException {
    List<PathMatcher> ignored =
        Files.readAllLines(ROOT.resolve(".gitignore")).stream()
            .map(name -> "glob:" + name.replaceFirst("/$", ""))
            .map(FileSystems.getDefault()::getPathMatcher)
            .toList();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (!folder.equals(ROOT)) {
              visitFile(folder, attributes);
            }
            Path name = folder.getFileName();
            return !folder.equals(ROOT) && (isIgnored(name) || name.endsWith(".git"))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            if (!isIgnored(path.getFileName())) {
              consumer.accept(path, attributes);
            }
            return FileVisitResult.CONTINUE;
          }

          private boolean isIgnored(Path name) {
            return ignored.stream().anyMatch(matcher -> matcher.matches(name));
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"README.md, 10240", "ARCHITECTURE.md, 15360", "AGENTS.md, 2048"})
  void page_isShort(String page, long bytes) throws IOException {
    assertThat(Files.size(ROOT.resolve(page))).isLessThanOrEqualTo(bytes);
  }

  /**
   * Root packages are what a newcomer opens first; the groups below them hold what fits a screen.
   */
  @ParameterizedTest
  @CsvSource({
    "sd-api/src/main/java/dev/sdlora/api, 40",
    "sd-pipeline/src/main/java/dev/sdlora/pipeline, 20",
    "sd-pipeline/src/main/java/dev/sdlora/pipeline/request, 20",
    "sd-pipeline/src/main/java/dev/sdlora/pipeline/generation, 20",
    "sd-pipeline/src/main/java/dev/sdlora/pipeline/model, 20",
    "apps/sd-cli/src/main/java/dev/sdlora/cli, 20",
    "apps/sd-cli/src/main/java/dev/sdlora/cli/console, 20",
    "apps/sd-cli/src/main/java/dev/sdlora/cli/option, 20",
    "apps/sd-cli/src/main/java/dev/sdlora/cli/lora, 20",
  })
  void package_hasFewTypes(String folder, int most) throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
      assertThat(files)
          .filteredOn(file -> file.toString().endsWith(".java"))
          .filteredOn(file -> !file.endsWith("package-info.java"))
          .hasSizeBetween(5, most);
    }
  }

  /** The way of a request is read from top to bottom. */
  @Test
  void generation_isShort() throws IOException {
    assertThat(
            Files.readAllLines(
                ROOT.resolve(
                    "sd-pipeline/src/main/java/dev/sdlora/pipeline/generation/Generation.java")))
        .hasSizeLessThanOrEqualTo(140);
  }

  /** A decision's file is named after its title, and the index has both. */
  @Test
  void decisions_areNamedAfterTheirTitles() throws IOException {
    Path folder = ROOT.resolve("docs/decisions");
    StringBuilder index = new StringBuilder();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(file -> !file.endsWith("README.md")).sorted().toList()) {
        String title = Files.readAllLines(file).get(0).replaceFirst("# ", "");
        String words = title.toLowerCase(Locale.ROOT).replace("'", "");
        int number = Integer.parseInt(title.replaceFirst("\\..*", ""));
        String name = String.format(Locale.ROOT, "%02d-", number);
        assertThat(file.getFileName())
            .hasToString(name + words.replaceFirst("\\d+\\. ", "").replaceAll("\\W+", "-") + ".md");
        index.append("- [%s](%s)\n".formatted(title, file.getFileName()));
      }
    }
    assertThat(Files.readString(folder.resolve("README.md"))).endsWith("\n\n" + index);
  }

  @Test
  void changelog_firstVersion_hasFewEntries() throws IOException {
    assertThat(Files.readAllLines(ROOT.resolve("CHANGELOG.md")))
        .filteredOn(line -> line.startsWith("- "))
        .hasSizeBetween(5, 25);
  }
}
