package dev.sdlora.demo.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoModelTest {
  @TempDir Path folder;

  @Test
  void copyTo_twice_givesEveryFileThatTheClassPathHas() throws IOException {
    DemoModel.copyTo(folder.resolve("deep/models"));
    DemoModel.copyTo(folder.resolve("deep/models"));

    assertThat(folder.resolve("deep/models/demo-sd1.safetensors"))
        .hasSameBinaryContentAs(DemoModel.checkpoint());
    try (Stream<Path> copies = Files.list(folder.resolve("deep/models/loras"));
        Stream<Path> originals = Files.list(DemoModel.loras())) {
      assertThat(copies.map(Path::getFileName))
          .containsExactlyInAnyOrderElementsOf(originals.map(Path::getFileName).toList());
    }
  }

  @Tag("slow")
  @Test
  void checkpoint_inAJar_isCopiedToAFolderOfTheUserAlone() throws Exception {
    Path jar = jarOfThisModule();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      Class<?> model = loader.loadClass(DemoModel.class.getName());
      Path checkpoint = (Path) model.getMethod("checkpoint").invoke(null);
      Path loras = (Path) model.getMethod("loras").invoke(null);

      assertThat(checkpoint).hasSameBinaryContentAs(DemoModel.checkpoint());
      assertThat(loras.resolve("night.safetensors")).exists();
      assertThat(loras.resolve("night.json")).content().contains("\"preferred weight\": 0.8");
      assertThat(loras.getParent()).isEqualTo(checkpoint.getParent());
    }
  }

  private Path jarOfThisModule() throws Exception {
    Path classes = Path.of(DemoModel.class.getResource("/").toURI()).resolveSibling("classes");
    Path jar = folder.resolve("demo.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
    return jar;
  }
}
