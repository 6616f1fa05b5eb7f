package dev.sdlora.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * In the libraries, a type is public only because callers name it, another package uses it, or a
 * public type exposes it. The test is in this module, because it uses more types of the libraries
 * than a user can.
 */
final class PublicTypesTest {
  /**
   * This module depends neither on the benchmarks, which count operations and build networks, nor
   * on the apps, which word messages, read settings and draw charts, nor on sd-models, which
   * downloads, nor on sd-libtorch, the second engine. Compilers copy the constants of {@code
   * FlowKeys}, {@code DetailKeys} and {@code T5Tensors}.
   */
  private static final Set<String> FOR_OTHER_MODULES =
      Set.of(
          "dev.sdlora.api.service.Downloads",
          "dev.sdlora.api.setting.Door",
          "dev.sdlora.api.setting.SettingWords",
          "dev.sdlora.api.setting.Settings",
          "dev.sdlora.api.setting.FlowKeys",
          "dev.sdlora.api.value.Wording",
          "dev.sdlora.families.checkpoint.transformer.T5Tensors",
          "dev.sdlora.families.chroma.Approximator",
          "dev.sdlora.families.flux1.OwnLayers",
          "dev.sdlora.families.flux2.Flux2Config",
          "dev.sdlora.families.sd3.Sd3Config",
          "dev.sdlora.families.zimage.ZImageConfig",
          "dev.sdlora.infotext.key.DetailKeys",
          "dev.sdlora.pipeline.speed.ProductRate",
          "dev.sdlora.pipeline.speed.TransformerWork",
          "dev.sdlora.pipeline.speed.UNetOperations",
          "dev.sdlora.pipeline.speed.VaeOperations",
          "dev.sdlora.tensors.natives.NvidiaDriver",
          "dev.sdlora.tensors.torch.ProgramArchive",
          "dev.sdlora.tensors.torch.TorchEngine",
          "dev.sdlora.training.report.BarChart",
          "dev.sdlora.training.setting.DataSettings",
          "dev.sdlora.training.setting.OptionSettings");

  @Test
  void publicTypes_areForCallersOrNeededByAnotherPackage() throws IOException {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(new DoNotIncludeTests())
            .importPackages("dev.sdlora");
    List<ModuleDescriptor> modules = modules();
    assertThat(modules).hasSizeGreaterThanOrEqualTo(7);
    Set<String> forAll =
        modules.stream()
            .flatMap(module -> module.exports().stream())
            .filter(exports -> !exports.isQualified())
            .map(ModuleDescriptor.Exports::source)
            .collect(Collectors.toSet());
    Set<String> services =
        modules.stream()
            .flatMap(module -> module.provides().stream())
            .flatMap(provides -> provides.providers().stream())
            .collect(Collectors.toSet());

    List<String> needless =
        classes.stream()
            .filter(PublicTypesTest::isPublicTopLevel)
            .filter(type -> !type.getPackageName().startsWith("dev.sdlora.demo"))
            .filter(type -> !forAll.contains(type.getPackageName()))
            .filter(type -> !services.contains(type.getName()))
            .filter(type -> !FOR_OTHER_MODULES.contains(type.getName()))
            // JNA fills the public fields of public structures.
            .filter(type -> !type.isAssignableTo("com.sun.jna.Structure"))
            .filter(type -> !isNamedByAnotherPackage(type, classes))
            .filter(type -> !isOfferedByAnotherType(type, classes))
            .map(JavaClass::getName)
            .sorted()
            .toList();

    assertThat(needless).isEmpty();
  }

  /** Those of this project that the tests run with. */
  private static List<ModuleDescriptor> modules() throws IOException {
    List<ModuleDescriptor> modules = new ArrayList<>();
    ClassLoader loader = PublicTypesTest.class.getClassLoader();
    for (URL url : Collections.list(loader.getResources("module-info.class"))) {
      try (InputStream descriptor = url.openStream()) {
        ModuleDescriptor module = ModuleDescriptor.read(descriptor);
        if (module.name().startsWith("dev.sdlora.")) {
          modules.add(module);
        }
      }
    }
    return modules;
  }

  private static boolean isPublicTopLevel(JavaClass type) {
    return type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC);
  }

  /** By its own name or that of a type inside it. */
  private static boolean isNamedByAnotherPackage(JavaClass type, JavaClasses classes) {
    Stream<JavaClass> inside =
        classes.stream().filter(other -> other.getName().startsWith(type.getName() + "$"));
    return Stream.concat(Stream.of(type), inside)
        .flatMap(part -> part.getDirectDependenciesToSelf().stream())
        .anyMatch(use -> !use.getOriginClass().getPackageName().equals(type.getPackageName()));
  }

  private static boolean isOfferedByAnotherType(JavaClass type, JavaClasses classes) {
    return classes.stream()
        .filter(other -> other.getModifiers().contains(JavaModifier.PUBLIC))
        .filter(other -> !other.equals(type) && !other.getName().startsWith(type.getName() + "$"))
        .flatMap(other -> other.getCodeUnits().stream())
        .filter(unit -> unit.getModifiers().contains(JavaModifier.PUBLIC))
        .flatMap(
            unit ->
                Stream.concat(unit.getParameterTypes().stream(), Stream.of(unit.getReturnType())))
        .anyMatch(named -> named.getAllInvolvedRawTypes().contains(type));
  }
}
