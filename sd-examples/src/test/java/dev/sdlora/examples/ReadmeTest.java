package dev.sdlora.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README says what is true. */
class ReadmeTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void javaBlocks_compile(@TempDir Path folder) throws IOException {
    Matcher block = JAVA.matcher(Files.readString(Path.of("../README.md")));
    int count = 0;
    while (block.find()) {
      Path source = folder.resolve("Readme" + count + ".java");
      Files.writeString(
          source,
          "import dev.sdlora.api.*;\nimport dev.sdlora.api.grid.*;\nimport dev.sdlora.pipeline.make.*;\nimport dev.sdlora.training.*;\nimport java.nio.file.Path;\nimport java.util.List;\nclass Readme%d { void show() {\n%s}}"
              .formatted(count++, block.group(1)));
      JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
      ByteArrayOutputStream errors = new ByteArrayOutputStream();
      int code =
          compiler.run(
              null,
              null,
              errors,
              "-d",
              folder.toString(),
              "-cp",
              System.getProperty("java.class.path"),
              source.toString());
      assertThat(code).as(errors.toString(StandardCharsets.UTF_8)).isZero();
    }
    assertThat(count).isPositive();
  }

  @Test
  void testCommand_isWhatContinuousIntegrationRuns() throws IOException {
    String ci = Files.readString(Path.of("../.ci/run"));
    assertThat(ci).contains("\nmvn -B -ntp verify\n");
    assertThat(Files.readString(Path.of("../README.md"))).contains("\nmvn -B -ntp verify\n");
  }
}
