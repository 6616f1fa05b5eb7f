package dev.sdlora.pipeline;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import dev.sdlora.testkit.LibraryRules;

/** The arrows between packages that ARCHITECTURE.md draws. */
@AnalyzeClasses(packages = "dev.sdlora", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule MODULES =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("dev.sdlora..")
          .layer("api")
          .definedBy("dev.sdlora.api..")
          .layer("prompt")
          .definedBy("dev.sdlora.prompt..")
          .layer("sampler")
          .definedBy("dev.sdlora.sampler..")
          .layer("tensors")
          .definedBy("dev.sdlora.tensors..")
          .layer("lora")
          .definedBy("dev.sdlora.lora..")
          .layer("pipeline")
          .definedBy("dev.sdlora.pipeline..")
          .whereLayer("api")
          .mayNotAccessAnyLayer()
          .whereLayer("prompt")
          .mayOnlyAccessLayers("api")
          .whereLayer("sampler")
          .mayOnlyAccessLayers("api")
          .whereLayer("tensors")
          .mayOnlyAccessLayers("api")
          .whereLayer("lora")
          .mayOnlyAccessLayers("api", "tensors");

  @ArchTest static final ArchTests LIBRARY = ArchTests.in(LibraryRules.class);
}
