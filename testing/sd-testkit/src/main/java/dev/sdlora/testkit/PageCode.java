package dev.sdlora.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;

/** The Java code in a page of docs/, which users copy. */
public final class PageCode {
  private static final Pattern BLOCK = Pattern.compile("(?s)```java\n(.*?)```");
  private static final Pattern TYPE = Pattern.compile("public class (\\w+)");

  private PageCode() {}

  /**
   * Fails unless the code blocks of a page compile with the class path of the test. Blocks are
   * complete classes, or statements that use the given fields.
   *
   * @param page a Markdown file
   * @param folder an empty folder for compiled classes
   * @param imports for blocks without imports, such as {@code java.util.List}
   * @param fields for blocks of statements, such as {@code Pipeline pipeline;}
   */
  public static void assertCompiles(Path page, Path folder, List<String> imports, String fields)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-d", folder.toString(), "-proc:none"));
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    int options = arguments.size();
    Matcher block = BLOCK.matcher(Files.readString(page));
    while (block.find()) {
      String name = "Block" + arguments.size();
      Matcher type = TYPE.matcher(block.group(1));
      boolean whole = type.find();
      Path source = folder.resolve((whole ? type.group(1) : name) + ".java");
      Files.writeString(
          source, whole ? block.group(1) : around(block.group(1), name, imports, fields));
      arguments.add(source.toString());
    }
    assertThat(arguments.size()).as("%s has Java", page).isGreaterThan(options);
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, errors, arguments.toArray(String[]::new));
    assertThat(code).as(errors.toString(StandardCharsets.UTF_8)).isZero();
  }

  private static String around(String block, String name, List<String> imports, String fields) {
    String given =
        block.lines().filter(line -> line.startsWith("import ")).collect(Collectors.joining("\n"));
    String statements =
        block.lines().filter(line -> !line.startsWith("import ")).collect(Collectors.joining("\n"));
    String known =
        imports.stream().map(one -> "import " + one + ";\n").collect(Collectors.joining());
    return "%s%n%s%nclass %s { %s void show() throws Exception {%n%s%n}}"
        .formatted(given.isEmpty() ? known : "", given, name, fields, statements);
  }
}
