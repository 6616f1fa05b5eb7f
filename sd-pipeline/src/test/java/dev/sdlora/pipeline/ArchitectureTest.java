package dev.sdlora.pipeline;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;

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

  /** Among all packages, those at the root of a module too. */
  @ArchTest
  static final ArchRule NO_CYCLES = slices().matching("dev.sdlora.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule ONE_PLACE_FOR_THE_ENGINE =
      ArchRuleDefinition.noClasses()
          .that()
          .resideOutsideOfPackage("dev.sdlora.tensors.torch..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl.pytorch..");

  @ArchTest
  static final ArchRule SILENT =
      ArchRuleDefinition.noClasses()
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");
}
