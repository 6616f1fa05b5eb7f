package dev.sdlora.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The public API of a module as text: the public types of the packages that it exports without
 * naming a module (all packages if it has no descriptor), with their public and protected members,
 * one per line.
 */
public final class PublicApi {
  private static final int VISIBLE = Modifier.PUBLIC | Modifier.PROTECTED;

  private final List<Class<?>> types = new ArrayList<>();

  private PublicApi() {}

  private static PublicApi of(Path classes) throws IOException {
    PublicApi api = new PublicApi();
    for (String exported : exported(classes)) {
      api.addTypes(classes, exported);
    }
    api.types.sort(Comparator.comparing(Class::getName));
    return api;
  }

  /** Returns the packages that the descriptor exports; without one, all packages. */
  private static List<String> exported(Path classes) throws IOException {
    for (ModuleReference module : ModuleFinder.of(classes).findAll()) {
      return module.descriptor().exports().stream()
          .filter(exports -> !exports.isQualified())
          .map(ModuleDescriptor.Exports::source)
          .toList();
    }
    try (Stream<Path> files = Files.walk(classes)) {
      return files
          .filter(file -> file.toString().endsWith(".class"))
          .map(file -> classes.relativize(file.resolveSibling("")).toString().replace('/', '.'))
          .distinct()
          .toList();
    }
  }

  private void addTypes(Path classes, String packageName) throws IOException {
    try (Stream<Path> files = Files.list(classes.resolve(packageName.replace('.', '/')))) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".class") && !name.equals("package-info.class")) {
          Class<?> type = type(packageName + "." + name.substring(0, name.length() - 6));
          if (isExported(type)) {
            types.add(type);
          }
        }
      }
    }
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(name, false, PublicApi.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isExported(Class<?> type) {
    for (Class<?> each = type; each != null; each = each.getEnclosingClass()) {
      if ((each.getModifiers() & VISIBLE) == 0) {
        return false;
      }
    }
    return !type.isAnonymousClass() && !type.isLocalClass();
  }

  /**
   * Fails unless the recorded API of the module matches its classes. If the system property {@code
   * api.update} is true, the record is written instead.
   *
   * @param module the folder of the module, which contains {@code target/classes} and {@code
   *     api.txt}
   * @param most maximum number of top-level public types
   */
  public static void assertRecorded(Path module, int most) {
    try {
      PublicApi api = PublicApi.of(module.resolve("target/classes"));
      Path file = module.resolve("api.txt");
      if (Boolean.getBoolean("api.update")) {
        Files.writeString(file, api.text());
      }
      assertThat(Files.readString(file))
          .as("%s, which -Dapi.update=true rewrites", file.toAbsolutePath())
          .isEqualTo(api.text());
      assertThat(api.types.stream().filter(type -> type.getEnclosingClass() == null).count())
          .as("public types")
          .isBetween(1L, (long) most);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String text() {
    return types.stream().map(PublicApi::text).collect(Collectors.joining("\n"));
  }

  private static String text(Class<?> type) {
    StringBuilder text = new StringBuilder(type.toGenericString());
    if (type.getGenericSuperclass() != null && type.getSuperclass() != Object.class) {
      text.append(" extends ").append(type.getGenericSuperclass().getTypeName());
    }
    if (type.getGenericInterfaces().length > 0) {
      text.append(
          Arrays.stream(type.getGenericInterfaces())
              .map(t -> t.getTypeName())
              .collect(Collectors.joining(", ", " implements ", "")));
    }
    text.append('\n');
    TreeSet<String> members = new TreeSet<>();
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (isExported(constructor)) {
        members.add(constructor.toGenericString());
      }
    }
    for (Field field : type.getDeclaredFields()) {
      if (isExported(field)) {
        members.add(field.toGenericString());
      }
    }
    for (Method method : type.getDeclaredMethods()) {
      if (isExported(method)) {
        members.add(method.toGenericString());
      }
    }
    for (String member : members) {
      text.append("  ").append(member.replace(" " + type.getName() + ".", " ")).append('\n');
    }
    return text.toString();
  }

  private static boolean isExported(Member member) {
    return (member.getModifiers() & VISIBLE) != 0 && !member.isSynthetic();
  }
}
